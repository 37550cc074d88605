#include "compressors/coding/octree_positions.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "scene/base/morton.hpp"

namespace volpress::coding {
namespace {

std::vector<GridPoint> randomPoints(std::size_t count, unsigned bits, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  const std::uint64_t mask = (std::uint64_t{1} << bits) - 1;
  const auto coordinate = [&] { return static_cast<std::uint32_t>(random() & mask); };
  std::vector<GridPoint> points(count);
  for (GridPoint& point : points) {
    point = {coordinate(), coordinate(), coordinate()};
  }
  return points;
}

std::size_t roundTrip(const std::vector<GridPoint>& points, unsigned bits) {
  const auto coded = encodePositions(points, bits);
  EXPECT_TRUE(coded);
  const auto decoded = decodePositions(coded->bytes);
  EXPECT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(decoded->size(), points.size());
  EXPECT_EQ(coded->order.size(), points.size());
  std::uint64_t previous = 0;
  std::vector<bool> seen(points.size(), false);
  for (std::size_t i = 0; i < points.size(); ++i) {
    const GridPoint& point = (*decoded)[i];
    EXPECT_EQ(point, points[coded->order[i]]);
    EXPECT_FALSE(seen[coded->order[i]]);
    seen[coded->order[i]] = true;
    const std::uint64_t key = mortonCode(point.x, point.y, point.z);
    EXPECT_GE(key, previous);
    if (i != 0 && key == previous) {
      EXPECT_LT(coded->order[i - 1], coded->order[i]);
    }
    previous = key;
  }
  return coded->bytes.size();
}

TEST(OctreePositions, RoundTripsAllSizesAndDepths) {
  for (const unsigned bits : {1U, 2U, 7U, 13U, 21U}) {
    for (const std::size_t count : {0U, 1U, 2U, 3U, 15U, 16U, 17U, 1000U}) {
      roundTrip(randomPoints(count, bits, bits * 1000 + count), bits);
    }
  }
}

TEST(OctreePositions, UniformPointsCostTheirEntropy) {
  // n points of 3b random bits, whose order is free: 3b - log2(n!) / n bits each.
  constexpr std::size_t kCount = 50000;
  const std::size_t size = roundTrip(randomPoints(kCount, 14, 3), 14);
  const double bits = 42 - std::lgamma(kCount + 1.0) / std::log(2.0) / kCount;
  EXPECT_LE(static_cast<double>(size), 1.01 * bits * kCount / 8);
}

TEST(OctreePositions, EqualPointsCostNothing) {
  const std::vector<GridPoint> points(5000, GridPoint{1, 2000, 77});
  EXPECT_LE(roundTrip(points, 12), 64U);
  // A decoder believes 1024 points a byte at most, so the encoder pads.
  const std::vector<GridPoint> many(1 << 20, GridPoint{5, 5, 5});
  EXPECT_EQ(roundTrip(many, 12), 1024U);
}

TEST(OctreePositions, RefusesWhatItCannotHold) {
  const std::vector<GridPoint> points{{8, 0, 0}};
  EXPECT_EQ(encodePositions(points, 3).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(encodePositions(points, 0).error().code, ErrorCode::InvalidParameter);
  EXPECT_EQ(encodePositions(points, 22).error().code, ErrorCode::InvalidParameter);
  EXPECT_TRUE(encodePositions(points, 4));
}

TEST(OctreePositions, TruncatedProlongedAndHostileStreamsFail) {
  const Bytes coded = encodePositions(randomPoints(300, 10, 4), 10).value().bytes;
  for (std::size_t size = 0; size < coded.size(); ++size) {
    const auto part = decodePositions(ByteView(coded).first(size));
    ASSERT_FALSE(part) << size;
    EXPECT_EQ(part.error().code, ErrorCode::CorruptData);
  }
  Bytes longer = coded;
  longer.push_back(std::byte{0});
  EXPECT_FALSE(decodePositions(longer));
  Bytes hostile = coded;
  std::fill_n(hostile.begin() + 1, 4, std::byte{0xFF});
  EXPECT_EQ(decodePositions(hostile).error().code, ErrorCode::CorruptData);
  hostile = coded;
  hostile[0] = std::byte{22};
  EXPECT_EQ(decodePositions(hostile).error().code, ErrorCode::CorruptData);
}

TEST(OctreePositions, StopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto points = randomPoints(10, 8, 1);
  EXPECT_EQ(encodePositions(points, 8, source.get_token()).error().code, ErrorCode::Cancelled);
  const Bytes coded = encodePositions(points, 8).value().bytes;
  EXPECT_EQ(decodePositions(coded, source.get_token()).error().code, ErrorCode::Cancelled);
}

TEST(PositionGrid, KeepsPrecisionInTheCoreAndCoversTheFar) {
  std::mt19937 random(6);
  std::uniform_real_distribution<float> inside(-2, 3);
  std::vector<float> positions(3000);
  for (float& value : positions) {
    value = inside(random);
  }
  positions[0] = 500;  // one far splat
  const PositionGrid grid = PositionGrid::over(positions, 12);
  EXPECT_NEAR(grid.cell, 5.0 / 4096, 1e-4);
  EXPECT_EQ(grid.bits, 19U);
  for (std::size_t i = 0; i < positions.size(); i += 3) {
    const auto back = grid.position(grid.quantise(&positions[i]));
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(back[c], positions[i + c], 0.501 * static_cast<double>(grid.cell) + 4e-5);
    }
  }
}

TEST(PositionGrid, CellsOfAFractionalPrecisionLieBetween) {
  const std::vector<float> positions{0, 0, 0, 1, 2, 4};
  const PositionGrid whole = PositionGrid::over(positions, 12);
  EXPECT_EQ(PositionGrid::between(positions, 12).cell, whole.cell);
  const PositionGrid half = PositionGrid::between(positions, 11.5);
  EXPECT_FLOAT_EQ(half.cell, whole.cell * std::sqrt(2.0F));
  EXPECT_EQ(half.bits, whole.bits);
  EXPECT_EQ(PositionGrid::between(positions, 30).cell,
            PositionGrid::over(positions, kMaxGridBits).cell);
}

TEST(PositionGrid, SurvivesDegenerateBoxes) {
  const std::vector<float> one{1, 2, 3};
  PositionGrid grid = PositionGrid::over(one, 14);
  EXPECT_EQ(grid.position(grid.quantise(one.data())), (std::array<float, 3>{1, 2, 3}));
  const std::vector<float> huge{-3e38F, 0, 0, 3e38F, 0, 0};
  grid = PositionGrid::over(huge, 21);
  EXPECT_LE(grid.bits, kMaxGridBits);
  for (const float value : grid.position(grid.quantise(&huge[3]))) {
    EXPECT_TRUE(std::isfinite(value));
  }
  EXPECT_EQ(PositionGrid::over({}, 14).bits, 1U);
}

TEST(Neighbours, AreTheNearestOfTheWindow) {
  const auto points = randomPoints(500, 8, 12);
  const auto threads = makeThreadRunner(3);
  const auto nearest = nearestEarlier(points, *threads);
  ASSERT_EQ(nearest.size(), points.size());
  EXPECT_EQ(nearest[0], 0U);
  const auto distance = [&](std::size_t a, std::size_t b) {
    const auto square = [](std::uint32_t p, std::uint32_t q) {
      const double d = static_cast<double>(p) - static_cast<double>(q);
      return d * d;
    };
    return square(points[a].x, points[b].x) + square(points[a].y, points[b].y) +
           square(points[a].z, points[b].z);
  };
  for (std::size_t i = 1; i < points.size(); ++i) {
    ASSERT_LT(nearest[i], i);
    for (std::size_t j = i - std::min(i, kNeighbourWindow); j < i; ++j) {
      EXPECT_LE(distance(i, nearest[i]), distance(i, j));
    }
  }
}

}  // namespace
}  // namespace volpress::coding
