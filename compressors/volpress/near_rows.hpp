// The earlier splats that a splat is predicted from.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "compressors/volpress/plane_coder.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::compressors::own {

/// What writers write; readers read all versions up to it.
inline constexpr unsigned kVolpressVersion = 4;
inline constexpr unsigned kVersionOfPalettes = 4;

/// Blocks know nothing of each other, so that threads share them. Their number follows from the
/// rows and the file's version alone.
[[nodiscard]] std::vector<RowRange> blocksOf(std::size_t rows, unsigned version = kVolpressVersion);

/// For every row the kNeighbours nearest of the kWindow rows before it in its block, nearest first
/// (ties to the later row). Where there are fewer, the last one is repeated; the first row of a
/// block stands for itself.
[[nodiscard]] NearRows findNearRows(std::span<const coding::GridPoint> points,
                                    std::span<const RowRange> blocks, TaskRunner& runner);
inline constexpr std::size_t kWindow = 32;
/// Coordinates of all rows, an array an axis.
using RowAxes = std::array<const std::int32_t*, 3>;

}  // namespace volpress::compressors::own
