// Makes voxel fields of anything that has a density and a colour at every place.
#pragma once

#include <array>

#include "scene/base/task_runner.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress {

/// Density and light of space. Calls are const and may be made from any thread.
class RadianceSource {
public:
  virtual ~RadianceSource() = default;
  /// Per world length; 0 where there is nothing. May be negative beside a surface.
  [[nodiscard]] virtual float density(const std::array<float, 3>& place) const = 0;
  /// Display values 0..1 of what a ray of that unit direction sees there.
  [[nodiscard]] virtual std::array<float, 3> color(const std::array<float, 3>& place,
                                                   const std::array<float, 3>& direction) const = 0;
  /// Whether a box (half its sides) holds nothing; false where that is not known.
  [[nodiscard]] virtual bool isEmpty(const std::array<float, 3>& center,
                                     const std::array<float, 3>& half) const = 0;
};

/// The box that is sampled, in world units.
struct VoxelBox {
  std::array<float, 3> center{0, 0, 0};
  std::array<float, 3> radius{1, 1, 1};
};

/// Samples at the vertices of a grid; harmonics of degree 2 by least squares over 64 directions.
/// Vertices with density 0 stay empty.
[[nodiscard]] VoxelGrid fitGrid(const RadianceSource& source,
                                const std::array<std::uint32_t, 3>& resolution, const VoxelBox& box,
                                TaskRunner& runner);
/// Samples at the centres of the finest leaves (2^(depthLimit + 1) an axis), where the density is
/// above 0; harmonics of degree 2 of the logit of the colour (clamped to 0.01..0.99).
[[nodiscard]] VoxelTree fitTree(const RadianceSource& source, unsigned depthLimit,
                                const VoxelBox& box, TaskRunner& runner);
/// The tree that shows what a grid shows.
[[nodiscard]] VoxelTree treeOfGrid(const VoxelGrid& grid, unsigned depthLimit, TaskRunner& runner);

}  // namespace volpress
