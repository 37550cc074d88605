#include <cmath>

#include <gtest/gtest.h>

#include "scene/types/sample_scene.hpp"

namespace volpress {
namespace {

TEST(SampleScene, isLargeValidAndViewDependent) {
  const auto runner = makeThreadRunner(2);
  const GaussianCloud cloud = makeSampleScene(1, 1, *runner);
  EXPECT_GE(cloud.count, 100000U);
  EXPECT_EQ(cloud.shDegree, 3U);
  const auto valid = validate(cloud);
  ASSERT_TRUE(valid.has_value()) << valid.error().message;
  // Root mean square of each band's coefficients: none may be idle.
  std::array<double, 3> energy{};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t k = 0; k < 15; ++k) {
      const std::size_t band = k < 3 ? 0 : k < 8 ? 1 : 2;
      const double value = cloud.shRest[45 * i + 3 * k];
      energy[band] += value * value;
    }
  }
  for (const double sum : energy) {
    EXPECT_GT(std::sqrt(sum / static_cast<double>(cloud.count)), 0.02);
  }
}

TEST(SampleScene, isTheSameOnAnyThreadCountAndDiffersBySeed) {
  SerialRunner serial;
  const auto two = makeThreadRunner(2);
  const GaussianCloud a = makeSampleScene(3, 0.05, serial);
  const GaussianCloud b = makeSampleScene(3, 0.05, *two);
  const GaussianCloud c = makeSampleScene(4, 0.05, *two);
  EXPECT_EQ(a.means, b.means);
  EXPECT_EQ(a.shRest, b.shRest);
  EXPECT_EQ(a.rotations, b.rotations);
  EXPECT_NE(a.means, c.means);
}

}  // namespace
}  // namespace volpress
