// The embedded deformation graph: nodes among the key frame's Gaussians, and how their motion
// carries the others (HiFi4G, section 3: dual-quaternion blending of the 8 nearest nodes).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/joint_motion.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::hifi4g {

/// One Gaussian in the middle of each occupied voxel, the voxels such that there are about
/// `wanted`: indices of points, ascending, at least one. `seen` are the points to choose from,
/// ascending.
[[nodiscard]] std::vector<std::uint32_t> pickNodes(std::span<const coding::GridPoint> points,
                                                   std::span<const std::uint32_t> seen,
                                                   std::size_t wanted);

/// How far a node's weight falls: w proportional to exp(-d^2 / (2 spacing^2)), both in grid units.
[[nodiscard]] double weightFall(double spacing);

/// The motion of a node as a unit dual quaternion: real part w x y z, dual part w x y z.
using DualQuaternion = std::array<double, 8>;

/// Of nodes that rest at `rest[3 * node]` (scene units), moved to `poses`.
[[nodiscard]] std::vector<DualQuaternion> nodeMotions(const FloatArray& rest,
                                                      std::span<const std::uint32_t> nodes,
                                                      std::span<const coding::JointPose> poses);

/// A Gaussian carried by its nodes: where it is, and how it has turned since the key frame.
struct Warp {
  Vector3 mean{};
  Quaternion turn{1, 0, 0, 0};
};
/// Blends the motions of point `i`'s nodes (signs as the nearest node's) and applies the result.
[[nodiscard]] Warp warpPoint(const coding::JointBinding& binding,
                             std::span<const DualQuaternion> motions, const FloatArray& rest,
                             std::size_t i);

}  // namespace volpress::compressors::hifi4g
