#include "compressors/coding/raht.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include "compressors/coding/octree_positions.hpp"
#include "scene/base/bytes.hpp"

namespace volpress::coding {
namespace {

/// Points in Morton order.
std::vector<GridPoint> ordered(const std::vector<GridPoint>& points) {
  return *decodePositions(encodePositions(points, kMaxGridBits)->bytes);
}

std::vector<GridPoint> randomPoints(std::size_t count, std::uint32_t extent, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const auto coordinate = [&] { return static_cast<std::uint32_t>(random() % extent); };
  std::vector<GridPoint> points(count);
  for (GridPoint& point : points) {
    point = {coordinate(), coordinate(), coordinate()};
  }
  return ordered(points);
}

std::vector<float> randomValues(std::size_t count, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<float> values(count);
  for (float& value : values) {
    value = static_cast<float>(static_cast<double>(random() >> 11) * 0x1p-53 * 2 - 1);
  }
  return values;
}

double energy(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0, [](double sum, float value) {
    return sum + static_cast<double>(value) * static_cast<double>(value);
  });
}

/// Sets of points that stress the tree's shape.
std::vector<std::vector<GridPoint>> shapes() {
  std::vector<std::vector<GridPoint>> result{
      {},
      {{5, 6, 7}},
      {{0, 0, 0}, {1, 0, 0}},
      ordered({{0, 0, 0}, {0x1FFFFF, 0x1FFFFF, 0x1FFFFF}}),
      std::vector<GridPoint>(1000, {3, 1, 4}),  // all in one cell
      randomPoints(4096, 1U << 20, 1),
      randomPoints(4097, 1U << 20, 2),
      randomPoints(2001, 9, 3),  // many equal points
  };
  std::vector<GridPoint> line;
  for (std::uint32_t i = 0; i < 999; ++i) {
    line.push_back({i * 7, 0, 0});
  }
  result.push_back(ordered(line));
  return result;
}

TEST(Raht, InvertsItselfAndKeepsEnergy) {
  SerialRunner runner;
  for (const auto& points : shapes()) {
    const Raht raht(points);
    ASSERT_EQ(raht.rows(), points.size());
    const std::vector<float> original = randomValues(7 * points.size(), 10 + points.size());
    std::vector<float> values = original;
    raht.forward(values, 7, runner);
    EXPECT_NEAR(energy(values), energy(original), 1e-6 * energy(original)) << points.size();
    raht.inverse(values, 7, runner);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ASSERT_NEAR(values[i], original[i], 2e-6) << points.size() << " points, value " << i;
    }
  }
}

TEST(Raht, IsOrthonormal) {
  // The products of all pairs of basis vectors, written out.
  SerialRunner runner;
  for (const auto& points : {randomPoints(60, 16, 5), randomPoints(60, 3, 6)}) {
    const std::size_t n = points.size();
    const Raht raht(points);
    // As n channels: row i of the identity is the i-th basis vector of the values.
    std::vector<float> basis(n * n, 0);
    for (std::size_t i = 0; i < n; ++i) {
      basis[i * n + i] = 1;
    }
    raht.forward(basis, n, runner);
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t j = 0; j < n; ++j) {
        double product = 0;
        for (std::size_t k = 0; k < n; ++k) {
          product += static_cast<double>(basis[i * n + k]) * static_cast<double>(basis[j * n + k]);
        }
        ASSERT_NEAR(product, i == j ? 1 : 0, 1e-6) << i << " " << j;
      }
    }
  }
}

TEST(Raht, MatchesACaseByHand) {
  // On the x axis at 0, 1 and 2: 0 and 1 pair up first (their codes differ in bit 0), then that
  // pair, which weighs 2, meets 2, which weighs 1.
  SerialRunner runner;
  const std::vector<GridPoint> points{{0, 0, 0}, {1, 0, 0}, {2, 0, 0}};
  const Raht raht(points);
  std::vector<float> values{6, 10, 2};
  raht.forward(values, 1, runner);
  const double pair = 16 / std::sqrt(2.0);
  EXPECT_NEAR(values[0], std::sqrt(2.0 / 3) * pair + std::sqrt(1.0 / 3) * 2, 1e-5);
  EXPECT_NEAR(values[0], 18 / std::sqrt(3.0), 1e-5);
  EXPECT_NEAR(values[1], 4 / std::sqrt(2.0), 1e-6);
  EXPECT_NEAR(values[2], std::sqrt(2.0 / 3) * 2 - std::sqrt(1.0 / 3) * pair, 1e-5);
  const std::vector<std::uint32_t> order(raht.coarseToFine().begin(), raht.coarseToFine().end());
  EXPECT_EQ(order, (std::vector<std::uint32_t>{0, 2, 1}));
  const std::vector<std::uint32_t> weights(raht.weights().begin(), raht.weights().end());
  EXPECT_EQ(weights, (std::vector<std::uint32_t>{3, 2, 3}));
}

TEST(Raht, AConstantIsOneCoefficient) {
  SerialRunner runner;
  const auto points = randomPoints(3000, 64, 8);
  std::vector<float> values(points.size(), 0.75F);
  Raht(points).forward(values, 1, runner);
  EXPECT_NEAR(values[0], 0.75 * std::sqrt(3000.0), 1e-4);
  for (std::size_t i = 1; i < values.size(); ++i) {
    ASSERT_NEAR(values[i], 0, 3e-5) << i;
  }
}

TEST(Raht, CompactsASmoothSignal) {
  // A plane wave over a surface: the coarsest sixteenth of the rows holds almost all of the energy,
  // and sixteen rows of the values themselves do not.
  SerialRunner runner;
  std::vector<GridPoint> surface;
  for (std::uint32_t x = 0; x < 64; ++x) {
    for (std::uint32_t y = 0; y < 64; ++y) {
      surface.push_back({x, y, 20 + (x * x + y * y) / 256});
    }
  }
  const auto points = ordered(surface);
  std::vector<float> values;
  values.reserve(points.size());
  for (const GridPoint& point : points) {
    values.push_back(
        std::sin(0.05F * static_cast<float>(point.x) + 0.08F * static_cast<float>(point.y)));
  }
  const double whole = energy(values);
  const Raht raht(points);
  raht.forward(values, 1, runner);
  double coarse = 0;
  for (const std::uint32_t row : raht.coarseToFine().first(points.size() / 16)) {
    coarse += static_cast<double>(values[row]) * static_cast<double>(values[row]);
  }
  EXPECT_GT(coarse, 0.98 * whole);
}

TEST(Raht, OneAndTwoThreadsGiveTheSameBits) {
  SerialRunner serial;
  const auto threads = makeThreadRunner(2);
  const auto points = randomPoints(50000, 1U << 14, 9);
  const Raht raht(points);
  std::vector<float> one = randomValues(3 * points.size(), 11);
  std::vector<float> two = one;
  raht.forward(one, 3, serial);
  raht.forward(two, 3, *threads);
  EXPECT_EQ(one, two);
  raht.inverse(one, 3, serial);
  raht.inverse(two, 3, *threads);
  EXPECT_EQ(one, two);
}

TEST(Raht, RebuildsTheSameBitsOnEveryMachine) {
  // Fused or not, with any instruction set and compiler: the hash is the promise.
  SerialRunner runner;
  const auto points = randomPoints(20000, 1U << 9, 12);
  std::vector<float> values = randomValues(4 * points.size(), 13);
  Raht(points).inverse(values, 4, runner);
  EXPECT_EQ(hashBytes(viewBytes(std::span<const float>(values))), 11455115026557243517ULL);
}

TEST(Raht, WeightsCountTheNodesPoints) {
  const auto points = randomPoints(3000, 40, 14);
  const Raht raht(points);
  // The weight of a row is the number of points under its node: it never grows from coarse to fine
  // along a path, every row but the root's weighs at least two, and levels go from large to small.
  EXPECT_EQ(raht.weights()[0], 3000U);
  EXPECT_TRUE(std::all_of(raht.weights().begin(), raht.weights().end(),
                          [](std::uint32_t weight) { return weight >= 2 && weight <= 3000; }));
  std::vector<std::uint32_t> sorted(raht.coarseToFine().begin(), raht.coarseToFine().end());
  EXPECT_EQ(sorted[0], 0U);
  std::sort(sorted.begin(), sorted.end());
  for (std::size_t i = 0; i < sorted.size(); ++i) {
    ASSERT_EQ(sorted[i], i);
  }
}

}  // namespace
}  // namespace volpress::coding
