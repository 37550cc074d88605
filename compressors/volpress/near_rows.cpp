#include "compressors/volpress/near_rows.hpp"

#include <algorithm>

namespace volpress::compressors::own {
namespace {

constexpr std::size_t kRowsPerBlock = 40000;
constexpr std::size_t kGrain = 8192;

/// The nearest kNeighbours of the rows [from, row), written to `nearest`.
void findNearest(std::span<const coding::GridPoint> points, std::size_t from, std::size_t row,
                 std::uint32_t* nearest) {
  // The distance and below it how far back the row stands: one comparison decides both. Squares of
  // 21-bit differences need 44 bits, which leaves room.
  constexpr std::uint64_t kNone = ~std::uint64_t{0};
  std::array<std::uint64_t, kNeighbours> best;
  best.fill(kNone);
  const auto x = static_cast<std::int64_t>(points[row].x);
  const auto y = static_cast<std::int64_t>(points[row].y);
  const auto z = static_cast<std::int64_t>(points[row].z);
  for (std::size_t i = from; i < row; ++i) {
    const std::int64_t dx = static_cast<std::int64_t>(points[i].x) - x;
    const std::int64_t dy = static_cast<std::int64_t>(points[i].y) - y;
    const std::int64_t dz = static_cast<std::int64_t>(points[i].z) - z;
    std::uint64_t key = static_cast<std::uint64_t>(dx * dx + dy * dy + dz * dz) << 8 | (row - i);
    if (key < best[kNeighbours - 1]) {
      for (std::uint64_t& kept : best) {
        if (key < kept) {
          std::swap(key, kept);
        }
      }
    }
  }
  std::uint64_t back = 0;
  for (std::size_t k = 0; k < kNeighbours; ++k) {
    back = best[k] == kNone ? back : best[k] & 0xFF;
    nearest[k] = static_cast<std::uint32_t>(row - back);
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
  static_assert(kWindow < 256);
  NearRows near;
  near.rows.resize(kNeighbours * points.size());
  for (const RowRange& block : blocks) {
    runner.parallelFor(block.end - block.begin, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = block.begin + begin; i < block.begin + end; ++i) {
        const std::size_t from = i - std::min(i - block.begin, kWindow);
        findNearest(points, from, i, &near.rows[kNeighbours * i]);
      }
    });
  }
  return near;
}

}  // namespace volpress::compressors::own
