#include "compressors/sags/points.hpp"

#include <algorithm>

#include "compressors/coding/nearest_points.hpp"

namespace volpress::compressors::sags {
namespace {

constexpr std::int64_t kLongest = 9;  ///< square of how many times the spacing a pair may span

}  // namespace

Result<std::vector<Pair>> candidatePairs(std::span<const coding::GridPoint> keys, std::size_t most,
                                         TaskRunner& runner, const std::stop_token& stop) {
  VOLPRESS_TRY(const coding::NearestPoints near, coding::nearestPoints(keys, most, runner, stop));
  std::vector<Pair> pairs;
  pairs.reserve(keys.size() * near.each);
  const auto pairOf = [](std::uint32_t from, std::uint32_t to, std::size_t place) {
    const auto at = static_cast<std::uint8_t>(place);
    return from < to ? Pair{from, to, at, kNotNear} : Pair{to, from, kNotNear, at};
  };
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::uint32_t* of = near.indices.data() + i * near.each;
    const std::int64_t spacing =
        near.each == 0
            ? 0
            : coding::squaredDistance(keys[i], keys[of[std::min<std::size_t>(1, near.each - 1)]]);
    for (std::size_t place = 0; place < near.each; ++place) {
      if (coding::squaredDistance(keys[i], keys[of[place]]) <= kLongest * spacing) {
        pairs.push_back(pairOf(static_cast<std::uint32_t>(i), of[place], place));
      }
    }
  }
  std::sort(pairs.begin(), pairs.end(), [](const Pair& a, const Pair& b) {
    return a.first != b.first     ? a.first < b.first
           : a.second != b.second ? a.second < b.second
                                  : a.placeOfSecond < b.placeOfSecond;
  });
  // Two that name each other came twice.
  std::size_t kept = 0;
  for (const Pair& pair : pairs) {
    if (kept > 0 && pairs[kept - 1].first == pair.first && pairs[kept - 1].second == pair.second) {
      pairs[kept - 1].placeOfFirst = std::min(pairs[kept - 1].placeOfFirst, pair.placeOfFirst);
    } else {
      pairs[kept++] = pair;
    }
  }
  pairs.resize(kept);
  return pairs;
}

Result<Points> buildPoints(std::span<const coding::GridPoint> keys,
                           std::vector<std::array<std::uint32_t, 2>> parents,
                           const coding::PositionGrid& grid, TaskRunner& runner,
                           const std::stop_token& stop) {
  Points points;
  points.keys = keys.size();
  points.parents = std::move(parents);
  // In half cells, where mid-points are whole numbers too.
  std::vector<coding::GridPoint> halves;
  halves.reserve(points.count());
  for (const coding::GridPoint& key : keys) {
    halves.push_back({2 * key.x, 2 * key.y, 2 * key.z});
  }
  for (const auto& [a, b] : points.parents) {
    halves.push_back({keys[a].x + keys[b].x, keys[a].y + keys[b].y, keys[a].z + keys[b].z});
  }
  const double half = 0.5 * static_cast<double>(grid.cell);
  points.positions.resize(3 * points.count());
  for (std::size_t i = 0; i < points.count(); ++i) {
    const std::array<std::uint32_t, 3> at{halves[i].x, halves[i].y, halves[i].z};
    for (std::size_t c = 0; c < 3; ++c) {
      points.positions[3 * i + c] =
          static_cast<float>(static_cast<double>(grid.origin[c]) + half * at[c]);
    }
  }
  VOLPRESS_TRY(points.graph, connect(halves, half, runner, stop));
  return points;
}

}  // namespace volpress::compressors::sags
