#include "compressors/volpress/near_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compressors/volpress/near_rows.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace volpress::compressors::own::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Distances along an axis are cut here: what is further is equally far.
constexpr std::int32_t kFarthest = 3300;
/// How far back a row is goes below the squared distance.
constexpr std::int32_t kPlaces = 64;
static_assert(kWindow < kPlaces);
static_assert((std::int64_t{3} * kFarthest * kFarthest + 1) * kPlaces <
              std::numeric_limits<std::int32_t>::max());

/// The nearest of the `window` rows before each of the lanes' rows, which begin at `row`.
template <class Tag>
HWY_INLINE void findNearest(Tag tag, const RowAxes& axes, std::size_t row, std::size_t window,
                            std::uint32_t* nearest) {
  const auto farthest = hn::Set(tag, kFarthest);
  auto first = hn::Set(tag, std::numeric_limits<std::int32_t>::max());
  auto second = first;
  auto third = first;
  const auto x = hn::LoadU(tag, axes[0] + row);
  const auto y = hn::LoadU(tag, axes[1] + row);
  const auto z = hn::LoadU(tag, axes[2] + row);
  const auto squared = [&](auto here, const std::int32_t* before) HWY_ATTR {
    const auto apart = hn::Min(hn::Abs(hn::Sub(here, hn::LoadU(tag, before))), farthest);
    return hn::Mul(apart, apart);
  };
  for (std::size_t back = 1; back <= window; ++back) {
    const auto distance =
        hn::Add(hn::Add(squared(x, axes[0] + row - back), squared(y, axes[1] + row - back)),
                squared(z, axes[2] + row - back));
    const auto key =
        hn::Add(hn::ShiftLeft<6>(distance), hn::Set(tag, static_cast<std::int32_t>(back)));
    const auto notFirst = hn::Max(key, first);
    first = hn::Min(key, first);
    const auto notSecond = hn::Max(notFirst, second);
    second = hn::Min(notFirst, second);
    third = hn::Min(notSecond, third);
  }
  // Where there are fewer, the last one is repeated.
  second = window < 2 ? first : second;
  third = window < 3 ? second : third;
  constexpr std::size_t kMostLanes = HWY_LANES(std::int32_t);
  alignas(64) std::array<std::array<std::int32_t, kMostLanes>, kNeighbours> keys;
  hn::Store(first, tag, keys[0].data());
  hn::Store(second, tag, keys[1].data());
  hn::Store(third, tag, keys[2].data());
  for (std::size_t lane = 0; lane < hn::Lanes(tag); ++lane) {
    for (std::size_t k = 0; k < kNeighbours; ++k) {
      nearest[kNeighbours * lane + k] = static_cast<std::uint32_t>(row + lane) -
                                        static_cast<std::uint32_t>(keys[k][lane] % kPlaces);
    }
  }
}

void NearestOfRows(const RowAxes& axes, RowRange rows, std::size_t blockBegin,
                   std::uint32_t* nearest) {
  const hn::ScalableTag<std::int32_t> tag;
  std::size_t row = rows.begin;
  while (row < rows.end) {
    const std::size_t window = std::min(row - blockBegin, kWindow);
    if (window == 0) {
      std::fill_n(nearest + kNeighbours * row, kNeighbours, static_cast<std::uint32_t>(row));
      ++row;
    } else if (window == kWindow && row + hn::Lanes(tag) <= rows.end) {
      findNearest(tag, axes, row, window, nearest + kNeighbours * row);
      row += hn::Lanes(tag);
    } else {
      const hn::CappedTag<std::int32_t, 1> one;
      findNearest(one, axes, row, window, nearest + kNeighbours * row);
      ++row;
    }
  }
}

}  // namespace volpress::compressors::own::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::compressors::own {

HWY_EXPORT(NearestOfRows);

namespace {

constexpr std::size_t kRowsPerBlock = 40000;
constexpr std::size_t kRowsPerPair = 2 * kRowsPerBlock;
constexpr std::size_t kGrain = 8192;

}  // namespace

std::vector<RowRange> blocksOf(std::size_t rows, unsigned version) {
  // Since version 2 in pairs, so that two threads have as much to do.
  const std::size_t count = std::max<std::size_t>(
      1, version == 1 ? rows / kRowsPerBlock : 2 * ((rows + kRowsPerBlock / 2) / kRowsPerPair));
  std::vector<RowRange> blocks(count);
  for (std::size_t i = 0; i < count; ++i) {
    blocks[i] = {rows * i / count, rows * (i + 1) / count};
  }
  return blocks;
}

NearRows findNearRows(std::span<const coding::GridPoint> points, std::span<const RowRange> blocks,
                      TaskRunner& runner) {
  NearRows near;
  near.rows.resize(kNeighbours * points.size());
  std::array<std::vector<std::int32_t>, 3> columns;
  for (std::vector<std::int32_t>& axis : columns) {
    axis.resize(points.size());
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    columns[0][i] = static_cast<std::int32_t>(points[i].x);
    columns[1][i] = static_cast<std::int32_t>(points[i].y);
    columns[2][i] = static_cast<std::int32_t>(points[i].z);
  }
  const RowAxes axes{columns[0].data(), columns[1].data(), columns[2].data()};
  for (const RowRange& block : blocks) {
    runner.parallelFor(block.end - block.begin, kGrain, [&](std::size_t begin, std::size_t end) {
      HWY_DYNAMIC_DISPATCH(NearestOfRows)
      (axes, {block.begin + begin, block.begin + end}, block.begin, near.rows.data());
    });
  }
  return near;
}

}  // namespace volpress::compressors::own
#endif
