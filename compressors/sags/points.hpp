// Where a scene's points lie and who is whose neighbour: integers only, so that every machine
// builds the same graph from the same file.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/sags/point_graph.hpp"
#include "scene/base/float_array.hpp"

namespace volpress::compressors::sags {

/// Two key points that may have a point half way between them; first < second.
struct Pair {
  std::uint32_t first = 0, second = 0;
  /// Place of `second` among the neighbours of `first` and the other way round, 0 the nearest;
  /// kNotNear: beyond those that were looked at.
  std::uint8_t placeOfSecond = 0, placeOfFirst = 0;
};
inline constexpr std::uint8_t kNotNear = 255;

/// Every pair of which one is among the `most` (below 255) nearest of the other and no further than
/// 3 times its second nearest (bridges across gaps are left out), sorted.
[[nodiscard]] Result<std::vector<Pair>> candidatePairs(std::span<const coding::GridPoint> keys,
                                                       std::size_t most, TaskRunner& runner,
                                                       const std::stop_token& stop);
inline constexpr std::size_t kLiteNeighbours = 4;  ///< `most` of the candidates that a file knows

/// What is drawn: key points, then mid-points.
struct Points {
  std::size_t keys = 0;
  std::vector<std::array<std::uint32_t, 2>> parents;  ///< of each mid-point: two key points
  FloatArray positions;                               ///< 3 a point, scene units
  PointGraph graph;

  [[nodiscard]] std::size_t count() const noexcept { return keys + parents.size(); }
};

/// Places the points and connects each to its nearest. Key points must be distinct.
[[nodiscard]] Result<Points> buildPoints(std::span<const coding::GridPoint> keys,
                                         std::vector<std::array<std::uint32_t, 2>> parents,
                                         const coding::PositionGrid& grid, TaskRunner& runner,
                                         const std::stop_token& stop);

}  // namespace volpress::compressors::sags
