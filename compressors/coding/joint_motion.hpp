// Points that follow a few joints among them, and finding the joints' motion from that of the
// points.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/rotations.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::coding {

/// Which joints each point follows, nearest first, with weights that add up to 1.
struct JointBinding {
  std::size_t each = 0;               ///< joints a point follows
  std::vector<std::uint32_t> joints;  ///< [point][place]: indices into the list of joints
  std::vector<float> weights;         ///< [point][place]
};

/// Binds every point to its min(8, joints) nearest joints, by squared distance d^2 of grid points
/// in whole numbers (ties: the earlier joint), with weights proportional to exp(-fall * d^2).
/// `joints` are points too, at least one. The same on every machine.
[[nodiscard]] JointBinding bindToJoints(std::span<const GridPoint> points,
                                        std::span<const std::uint32_t> joints, double fall,
                                        TaskRunner& runner);

/// The median distance from a joint to the nearest other one, grid units, at least 1; 0 when there
/// is one joint only.
[[nodiscard]] double medianJointDistance(std::span<const GridPoint> points,
                                         std::span<const std::uint32_t> joints);

/// A joint in one frame: where its centre is, and how it has turned since the frame at rest.
struct JointPose {
  Vector3 centre{};
  Quaternion rotation{1, 0, 0, 0};
};

/// For each joint the rigid motion that carries the points bound to it best (weighted Kabsch), then
/// sweeps over the joints that fit their blend instead, with a pull towards what the joints around
/// do. What it is made of must outlive it. Const calls may run side by side.
class MotionFitter {
public:
  /// `rest` holds the points at rest (3n), `joints` which of them are joints.
  MotionFitter(const FloatArray& rest, std::span<const std::uint32_t> joints,
               const JointBinding& binding);
  /// `means`: where the points are in a frame (3n).
  [[nodiscard]] std::vector<JointPose> fit(const FloatArray& means) const;

private:
  struct Bound {
    std::uint32_t point;
    float weight;
  };
  const FloatArray& m_rest;
  std::span<const std::uint32_t> m_joints;
  std::vector<std::size_t> m_first;  ///< of each joint's list in m_bound, and the end
  std::vector<Bound> m_bound;
  std::vector<std::uint32_t> m_around;  ///< m_aroundCount joints near each joint
  std::size_t m_aroundCount = 0;
};

}  // namespace volpress::coding
