// One description of each ellipsoid for all frames of a sequence.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::coding {

/// Which of the equal descriptions (see canonicalEllipsoid) suits a first frame best, for later
/// ones to follow: their scales and rotations are then still close to those of the frame before.
class AxisChoice {
public:
  AxisChoice() = default;
  explicit AxisChoice(const GaussianCloud& first, TaskRunner& runner);
  /// Describes the Gaussians of a frame of the same count and order so. Without a first frame
  /// nothing changes.
  void apply(GaussianCloud& cloud, TaskRunner& runner) const;

private:
  std::vector<std::uint8_t> m_turns;  ///< one of 24 rotations for each Gaussian
};

}  // namespace volpress::coding
