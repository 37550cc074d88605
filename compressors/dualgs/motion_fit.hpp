// Finding the joints' motion from that of the skin.
#pragma once

#include <span>
#include <vector>

#include "compressors/dualgs/skin_model.hpp"

namespace volpress::compressors::dualgs {

/// For each joint the rigid motion that carries the Gaussians bound to it best (weighted Kabsch),
/// then sweeps over the joints that fit their blend instead, with a pull towards what the joints
/// around do. `model` must outlive it. Const calls may run side by side.
class MotionFitter {
public:
  explicit MotionFitter(const SkinModel& model);
  /// `means`: where the skin Gaussians are in a frame (3n, in the model's order).
  [[nodiscard]] std::vector<JointPose> fit(const FloatArray& means) const;

private:
  struct Bound {
    std::uint32_t skin;
    float weight;
  };
  const SkinModel& m_model;
  std::vector<std::size_t> m_first;  ///< of each joint's list in m_bound, and the end
  std::vector<Bound> m_bound;
  std::vector<std::uint32_t> m_around;  ///< kAround joints near each joint
  std::size_t m_aroundCount = 0;
};

}  // namespace volpress::compressors::dualgs
