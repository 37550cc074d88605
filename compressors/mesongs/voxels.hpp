// Octree voxelisation (paper section 3.2): splats on a grid, those of one voxel merged.
#pragma once

#include <array>
#include <span>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "scene/base/result.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::mesongs {

/// A grid whose cells need not be cubes.
struct VoxelGrid {
  std::array<float, 3> origin{};       ///< centre of voxel 0, scene units
  std::array<float, 3> cell{1, 1, 1};  ///< edges of a voxel, scene units; > 0
  unsigned bits = 1;                   ///< voxels lie below 2^bits, 1..coding::kMaxGridBits

  /// Cubes of 2^-precision of the scene's size, which a few far splats do not stretch.
  [[nodiscard]] static VoxelGrid cubes(std::span<const float> positions, double precision);
  /// The bounding box cut into 2^depth slabs along each axis, as in the released code. Its largest
  /// position belongs to the last slab (there it overflows into the next axis).
  [[nodiscard]] static VoxelGrid slabs(std::span<const float> positions, unsigned depth);

  [[nodiscard]] coding::GridPoint quantise(const float* xyz) const noexcept;
  /// The centre of a voxel; the same bits on every machine.
  [[nodiscard]] std::array<float, 3> position(const coding::GridPoint& point) const noexcept;
};

/// A cloud with at most one splat a voxel, in Morton order.
struct VoxelCloud {
  std::vector<coding::GridPoint> points;
  GaussianCloud cloud;               ///< positions are voxel centres
  std::vector<double> significance;  ///< sums over merged splats
};

/// Splats of one voxel become one: means of the raw parameters weighted by `significance` (an entry
/// a splat, >= 0), quaternions brought to one sign first and made unit, opacities by
/// 1 - product of (1 - opacity). With `plainMean`, as the released code does: plain means of
/// everything. Cancelled when `stop` asks for it.
[[nodiscard]] Result<VoxelCloud> voxelise(const GaussianCloud& cloud,
                                          std::span<const double> significance,
                                          const VoxelGrid& grid, bool plainMean,
                                          const std::stop_token& stop);

}  // namespace volpress::compressors::mesongs
