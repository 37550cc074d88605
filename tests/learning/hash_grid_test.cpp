#include "compressors/learning/hash_grid.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace volpress::learning {
namespace {

std::vector<float> randomNumbers(std::size_t count, float low, float high, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> between(low, high);
  std::vector<float> values(count);
  for (float& value : values) {
    value = between(random);
  }
  return values;
}

/// Resolutions and sizes of the published configuration of Compact 3DGS.
TEST(HashGrid, HasThePublishedLevelsAndSizes) {
  const HashGrid grid({16, 2, 19, 16, 1.447});
  const std::vector<std::uint32_t> resolutions{16,  24,  34,  49,  71,   102,  147,  213,
                                               308, 445, 644, 932, 1349, 1951, 2823, 4085};
  for (unsigned level = 0; level < 16; ++level) {
    EXPECT_EQ(grid.resolution(level), resolutions[level]) << level;
  }
  EXPECT_EQ(grid.parameters(), 12'599'920U);
  EXPECT_EQ(HashGrid({16, 2, 16, 16, 1.447}).parameters(), 1'818'384U);
  EXPECT_EQ(grid.outputs(), 32U);
  EXPECT_EQ(grid.offset(1), 2U * 4096);
  EXPECT_EQ(grid.entries(15), std::size_t{1} << 19);
}

TEST(HashGrid, InterpolatesBetweenVertices) {
  // One dense level of 4 vertices an edge: a point at (p - 0.5) / 3 lies on vertex p.
  const HashGrid grid({1, 1, 10, 4, 1});
  ASSERT_EQ(grid.parameters(), 64U);
  std::vector<float> parameters(64);
  for (std::size_t i = 0; i < 64; ++i) {
    const std::size_t x = i % 4;
    const std::size_t y = i / 4 % 4;
    const std::size_t z = i / 16;
    parameters[i] =
        static_cast<float>(x) + 10 * static_cast<float>(y) + 100 * static_cast<float>(z);
  }
  SerialRunner runner;
  const auto place = [](float vertex) { return (vertex - 0.5F) / 3; };
  // A linear field is interpolated exactly.
  const std::vector<float> points{place(1),     place(2), place(3), place(1.25F), place(2.5F),
                                  place(1.75F), -7,       place(1), place(1)};
  std::vector<float> out(3);
  grid.forward(parameters, points, out, runner);
  EXPECT_NEAR(out[0], 321, 1e-3);
  EXPECT_NEAR(out[1], 1.25 + 25 + 175, 1e-3);
  EXPECT_NEAR(out[2], 0.5 + 10 + 100, 1e-3) << "outside counts as the border";
}

TEST(HashGrid, GradientsAreThoseOfDifferences) {
  const HashGrid grid({5, 2, 6, 3, 1.6});
  auto runner = makeThreadRunner(2);
  const std::size_t count = 40;
  const std::vector<float> points = randomNumbers(3 * count, 0, 1, 1);
  const std::vector<float> pulled = randomNumbers(count * grid.outputs(), -1, 1, 2);
  std::vector<float> parameters = randomNumbers(grid.parameters(), -1, 1, 3);
  std::vector<float> gradient(parameters.size(), 0.0F);
  grid.backward(points, pulled, gradient, *runner);
  const auto loss = [&] {
    std::vector<float> out(count * grid.outputs());
    grid.forward(parameters, points, out, *runner);
    double sum = 0;
    for (std::size_t i = 0; i < out.size(); ++i) {
      sum += static_cast<double>(out[i]) * static_cast<double>(pulled[i]);
    }
    return sum;
  };
  // The map is linear: a difference of any size is exact up to rounding.
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const float kept = parameters[i];
    parameters[i] = kept + 0.5F;
    const double above = loss();
    parameters[i] = kept - 0.5F;
    const double below = loss();
    parameters[i] = kept;
    EXPECT_NEAR(above - below, static_cast<double>(gradient[i]), 1e-4) << i;
  }
  // Threads change nothing.
  SerialRunner serial;
  std::vector<float> again(parameters.size(), 0.0F);
  grid.backward(points, pulled, again, serial);
  EXPECT_EQ(again, gradient);
}

}  // namespace
}  // namespace volpress::learning
