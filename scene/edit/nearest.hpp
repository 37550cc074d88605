// Nearest neighbours among the splats of a scene.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::edit {

struct Neighbours {
  std::size_t each = 0;                ///< per point: min(k, points - 1)
  std::vector<std::uint32_t> indices;  ///< [point][neighbour], nearest first
  FloatArray squares;                  ///< squared distances, in the same order
};

/// The k nearest other points of each of `points` (3n, finite). Once `stop` asks, there are none,
/// or what was not yet looked at holds anything in range.
[[nodiscard]] Neighbours nearestNeighbours(const FloatArray& points, std::size_t k,
                                           TaskRunner& runner, const std::stop_token& stop);

}  // namespace volpress::edit
