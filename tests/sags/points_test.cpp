#include "compressors/sags/points.hpp"

#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "compressors/coding/nearest_points.hpp"

namespace volpress::compressors::sags {
namespace {

using coding::GridPoint;

std::vector<GridPoint> randomPoints(std::size_t count, unsigned bits, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<GridPoint> points;
  for (std::size_t i = 0; i < count; ++i) {
    points.push_back({static_cast<std::uint32_t>(random()) >> (32 - bits),
                      static_cast<std::uint32_t>(random()) >> (32 - bits),
                      static_cast<std::uint32_t>(random()) >> (32 - bits)});
  }
  return points;
}

TEST(MidPoints, ArePairsOfWhichOneIsNearTheOther) {
  SerialRunner runner;
  // On a line: 0 and 1 are near each other, 2 is further off, 3 across a gap.
  const std::vector<GridPoint> line{{0, 0, 0}, {10, 0, 0}, {30, 0, 0}, {300, 0, 0}};
  const std::vector<Pair> pairs = candidatePairs(line, 2, runner, {}).value();
  // 3 names 2 and 1 and its second nearest is 290 away, so both are near enough for it; the others
  // do not name 3 at all.
  ASSERT_EQ(pairs.size(), 5U);
  EXPECT_EQ(pairs[0].first, 0U);
  EXPECT_EQ(pairs[0].second, 1U);
  EXPECT_EQ(pairs[0].placeOfSecond, 0);
  EXPECT_EQ(pairs[0].placeOfFirst, 0);
  EXPECT_EQ(pairs[1].second, 2U);
  EXPECT_EQ(pairs[1].placeOfSecond, 1);
  EXPECT_EQ(pairs[1].placeOfFirst, 1);
  EXPECT_EQ(pairs[3].first, 1U);
  EXPECT_EQ(pairs[3].second, 3U);
  EXPECT_EQ(pairs[3].placeOfSecond, kNotNear);
  EXPECT_EQ(pairs[3].placeOfFirst, 1);
}

TEST(MidPoints, DoNotBridgeGaps) {
  SerialRunner runner;
  // Three close together and one 3.5 times as far as the second nearest of the first.
  const std::vector<GridPoint> points{{100, 0, 0}, {104, 0, 0}, {100, 10, 0}, {135, 0, 0}};
  const std::vector<Pair> pairs = candidatePairs(points, 3, runner, {}).value();
  const auto bridge = std::find_if(pairs.begin(), pairs.end(), [](const Pair& pair) {
    return pair.first == 0 && pair.second == 3;
  });
  ASSERT_NE(bridge, pairs.end()) << "near enough as seen from the lonely one";
  EXPECT_EQ(bridge->placeOfSecond, kNotNear);
}

TEST(MidPoints, AreTheSameOnAnyNumberOfThreadsAndSorted) {
  SerialRunner serial;
  const auto threads = makeThreadRunner(2);
  const std::vector<GridPoint> keys = randomPoints(20000, 7, 8);  // ties and equal points abound
  const auto key = [](const Pair& pair) { return std::pair(pair.first, pair.second); };
  const std::vector<Pair> one = candidatePairs(keys, 4, serial, {}).value();
  const std::vector<Pair> two = candidatePairs(keys, 4, *threads, {}).value();
  ASSERT_EQ(one.size(), two.size());
  for (std::size_t i = 0; i < one.size(); ++i) {
    ASSERT_EQ(key(one[i]), key(two[i]));
    ASSERT_EQ(one[i].placeOfFirst, two[i].placeOfFirst);
    ASSERT_EQ(one[i].placeOfSecond, two[i].placeOfSecond);
    ASSERT_LT(one[i].first, one[i].second);
    ASSERT_TRUE(i == 0 || key(one[i - 1]) < key(one[i]));
  }
}

/// A number that every machine and compiler must find for these points: what was computed once from
/// brute force with the same rules.
TEST(MidPoints, TopologyHasNotChanged) {
  SerialRunner runner;
  std::vector<GridPoint> keys = randomPoints(3000, 10, 9);
  const std::vector<Pair> pairs = candidatePairs(keys, 4, runner, {}).value();
  std::vector<std::vector<std::pair<std::int64_t, std::uint32_t>>> near(keys.size());
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    for (std::uint32_t j = 0; j < keys.size(); ++j) {
      if (i != j) {
        near[i].emplace_back(coding::squaredDistance(keys[i], keys[j]), j);
      }
    }
    std::partial_sort(near[i].begin(), near[i].begin() + 4, near[i].end());
    near[i].resize(4);
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> expected;
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    for (const auto& [squared, j] : near[i]) {
      if (squared <= 9 * near[i][1].first) {
        expected.emplace_back(std::min(i, j), std::max(i, j));
      }
    }
  }
  std::sort(expected.begin(), expected.end());
  expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
  ASSERT_EQ(pairs.size(), expected.size());
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    EXPECT_EQ(std::pair(pairs[i].first, pairs[i].second), expected[i]);
  }
}

TEST(MidPoints, LieHalfWay) {
  SerialRunner runner;
  const std::vector<GridPoint> keys{{0, 0, 0}, {3, 4, 6}};
  coding::PositionGrid grid;
  grid.origin = {10, 20, 30};
  grid.cell = 0.5F;
  grid.bits = 3;
  const Points points = buildPoints(keys, {{0, 1}}, grid, runner, {}).value();
  EXPECT_EQ(points.count(), 3U);
  EXPECT_EQ(points.positions, (FloatArray{10, 20, 30, 11.5F, 22, 33, 10.75F, 21, 31.5F}));
}

}  // namespace
}  // namespace volpress::compressors::sags
