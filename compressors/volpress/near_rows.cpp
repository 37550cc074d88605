#include "compressors/volpress/near_rows.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <limits>
#include <type_traits>

namespace volpress::compressors::own {
namespace {

constexpr std::size_t kRowsPerBlock = 40000;
constexpr std::size_t kGrain = 8192;

/// Coordinates, axis after axis, so that compilers find vectors in the loops over a window.
struct Columns {
  std::array<std::vector<std::int32_t>, 3> axes;
};

/// Distances along an axis are cut here: what is further is equally far.
constexpr std::int32_t kFarthest = 3300;
/// The place in the window goes below the squared distance.
constexpr std::int32_t kPlaces = 64;
static_assert(kWindow < kPlaces);
static_assert((std::int64_t{3} * kFarthest * kFarthest + 1) * kPlaces <
              std::numeric_limits<std::int32_t>::max());

/// The nearest kNeighbours of the `count` rows before `row`, at least one. `Count` may be a
/// constant, for whole windows.
template <typename Count>
void findNearest(const Columns& points, std::size_t row, Count count, std::uint32_t* nearest) {
  std::array<std::int32_t, kWindow> keys;
  for (std::size_t i = 0; i < count; ++i) {
    keys[i] = static_cast<std::int32_t>(count - i);
  }
  for (const std::vector<std::int32_t>& axis : points.axes) {
    const std::int32_t here = axis[row];
    const std::int32_t* before = axis.data() + (row - count);
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t apart = std::min(std::abs(before[i] - here), kFarthest);
      keys[i] += apart * apart * kPlaces;
    }
  }
  std::int32_t last = -1;
  std::uint32_t back = 0;
  for (std::size_t k = 0; k < kNeighbours; ++k) {
    std::int32_t best = std::numeric_limits<std::int32_t>::max();
    for (std::size_t i = 0; i < count; ++i) {
      const std::int32_t key = keys[i] > last ? keys[i] : best;
      best = std::min(best, key);
    }
    if (k < count) {
      back = static_cast<std::uint32_t>(best % kPlaces);
    }
    last = best;
    nearest[k] = static_cast<std::uint32_t>(row) - back;
  }
}

}  // namespace

std::vector<RowRange> blocksOf(std::size_t rows) {
  const std::size_t count = std::max<std::size_t>(1, rows / kRowsPerBlock);
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
  Columns columns;
  for (std::vector<std::int32_t>& axis : columns.axes) {
    axis.resize(points.size());
  }
  for (std::size_t i = 0; i < points.size(); ++i) {
    columns.axes[0][i] = static_cast<std::int32_t>(points[i].x);
    columns.axes[1][i] = static_cast<std::int32_t>(points[i].y);
    columns.axes[2][i] = static_cast<std::int32_t>(points[i].z);
  }
  for (const RowRange& block : blocks) {
    runner.parallelFor(block.end - block.begin, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = block.begin + begin; i < block.begin + end; ++i) {
        std::uint32_t* nearest = &near.rows[kNeighbours * i];
        const std::size_t count = std::min(i - block.begin, kWindow);
        if (count == 0) {
          std::fill_n(nearest, kNeighbours, static_cast<std::uint32_t>(i));
        } else if (count == kWindow) {
          findNearest(columns, i, std::integral_constant<std::size_t, kWindow>(), nearest);
        } else {
          findNearest(columns, i, count, nearest);
        }
      }
    });
  }
  return near;
}

}  // namespace volpress::compressors::own
