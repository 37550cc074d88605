// Local aggregation of point features over a graph of nearest neighbours (section 3.2 of the
// paper).
//
// Edges go from a point to itself and its 9 nearest. Every point collects d, by how much each
// feature is larger at the points that name it (at least 0: it names itself), and then adds half of
// what the points that it names have collected, weighted by nearness.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::compressors::sags {

struct PointGraph {
  std::size_t count = 0, each = 0;     ///< points, and neighbours of each beside itself
  std::vector<std::uint32_t> nearest;  ///< [point][place]
  FloatArray weights;                  ///< of those: normalised nearness over the edges of a point
  std::vector<std::uint32_t> firstIn;  ///< count + 1: where a point's entries of `in` begin
  std::vector<std::uint32_t> in;       ///< places in `nearest` that name the point, ascending
};

inline constexpr std::size_t kNeighbours = 9;

/// Connects points on an integer grid whose cells have this edge.
[[nodiscard]] Result<PointGraph> connect(std::span<const coding::GridPoint> points, double cell,
                                         TaskRunner& runner, const std::stop_token& stop);

/// Fills `local` from `features` (both `width` a point), and `source` with the point that each d
/// came from (the point itself where it is 0). `spare` is scratch.
void aggregate(const PointGraph& graph, std::size_t width, const FloatArray& features,
               FloatArray& local, std::vector<std::uint32_t>& source, FloatArray& spare,
               TaskRunner& runner);

/// Given d(loss)/d(local), adds to d(loss)/d(features). Weights are not differentiated. The same
/// bits on any number of threads.
void pullAggregate(const PointGraph& graph, std::size_t width,
                   const std::vector<std::uint32_t>& source, const FloatArray& localGradient,
                   FloatArray& featureGradient, FloatArray& spare, TaskRunner& runner);

}  // namespace volpress::compressors::sags
