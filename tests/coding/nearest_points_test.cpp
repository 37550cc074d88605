#include "compressors/coding/nearest_points.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

namespace volpress::coding {
namespace {

/// All others of a point, nearest first, the lower index first where they are equally near.
std::vector<std::uint32_t> bruteForce(std::span<const GridPoint> points, std::size_t of,
                                      std::size_t k) {
  std::vector<std::pair<std::int64_t, std::uint32_t>> all;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (i != of) {
      all.emplace_back(squaredDistance(points[of], points[i]), static_cast<std::uint32_t>(i));
    }
  }
  std::sort(all.begin(), all.end());
  std::vector<std::uint32_t> nearest;
  for (std::size_t i = 0; i < std::min(k, all.size()); ++i) {
    nearest.push_back(all[i].second);
  }
  return nearest;
}

void expectExact(std::span<const GridPoint> points, std::size_t k) {
  SerialRunner serial;
  const auto threads = makeThreadRunner(2);
  const NearestPoints found = nearestPoints(points, k, serial).value();
  ASSERT_EQ(found.each, std::min(k, points.size() - 1));
  EXPECT_EQ(found.indices, nearestPoints(points, k, *threads).value().indices);
  for (std::size_t i = 0; i < points.size(); i += 1 + points.size() / 1500) {
    const auto first = found.indices.begin() + static_cast<std::ptrdiff_t>(i * found.each);
    ASSERT_EQ(std::vector<std::uint32_t>(first, first + static_cast<std::ptrdiff_t>(found.each)),
              bruteForce(points, i, k))
        << i;
  }
}

TEST(NearestPoints, AgreeWithBruteForceOnScatteredClusteredAndEqualPoints) {
  std::mt19937 random(5);
  std::vector<GridPoint> points;
  points.reserve(10300);
  for (int i = 0; i < 5000; ++i) {
    points.push_back({static_cast<std::uint32_t>(random() % (1U << 21)),
                      static_cast<std::uint32_t>(random() % (1U << 21)),
                      static_cast<std::uint32_t>(random() % (1U << 21))});
  }
  for (std::uint32_t i = 0; i < 5000; ++i) {
    const auto near = [&] {
      return 100000 * (1 + i % 5) + static_cast<std::uint32_t>(random() % 20);
    };
    points.push_back({near(), near(), near()});
  }
  for (std::size_t i = 0; i < 300; ++i) {
    points.push_back(points[random() % 10000]);
  }
  expectExact(points, 9);
}

TEST(NearestPoints, OfEquallyNearOnesTheLowerIndexComesFirst) {
  std::vector<GridPoint> lattice;
  lattice.reserve(1000);
  for (std::uint32_t i = 0; i < 1000; ++i) {
    lattice.push_back({i % 10, i / 10 % 10, i / 100});
  }
  expectExact(lattice, 6);
  // Every one of these is as far from the first as the others.
  const std::vector<GridPoint> cross{{5, 5, 5}, {5, 5, 9}, {1, 5, 5}, {9, 5, 5}, {5, 1, 5}};
  SerialRunner runner;
  const NearestPoints found = nearestPoints(cross, 3, runner).value();
  EXPECT_EQ((std::vector<std::uint32_t>(found.indices.begin(), found.indices.begin() + 3)),
            (std::vector<std::uint32_t>{1, 2, 3}));
}

TEST(NearestPoints, FewPointsHaveFewNeighbours) {
  SerialRunner runner;
  EXPECT_EQ(nearestPoints({}, 3, runner)->each, 0U);
  const std::vector<GridPoint> one{{1, 2, 3}};
  EXPECT_EQ(nearestPoints(one, 3, runner)->each, 0U);
  const std::vector<GridPoint> two{{1, 2, 3}, {1, 2, 3}};
  EXPECT_EQ(nearestPoints(two, 3, runner)->indices, (std::vector<std::uint32_t>{1, 0}));
}

TEST(NearestPoints, StopsWhenAsked) {
  SerialRunner runner;
  std::stop_source stop;
  stop.request_stop();
  const std::vector<GridPoint> points(20);
  const auto found = nearestPoints(points, 3, runner, stop.get_token());
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace volpress::coding
