// The splats of a view-dependent scene: what of them every view has in common.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors {

/// Splats that have their places, and sizes that no view exceeds. Immutable.
class StillSplats {
public:
  /// `cloud` has at least one splat and SH degree 0, and is valid.
  explicit StillSplats(GaussianCloud cloud);

  [[nodiscard]] std::size_t count() const noexcept { return m_cloud.count; }
  [[nodiscard]] const float* mean(std::size_t splat) const { return &m_cloud.means[3 * splat]; }

  /// Which of them a picture may show if they are opaque, in order: none that reaches a pixel is
  /// missing. `marks` is memory for it.
  void inSight(const Camera& camera, TaskRunner& runner, std::vector<std::uint8_t>& marks,
               std::vector<std::uint32_t>& splats) const;

  /// Makes `seen` these splats, all but colours, which are not filled in.
  void gather(std::span<const std::uint32_t> splats, TaskRunner& runner, GaussianCloud& seen) const;

private:
  GaussianCloud m_cloud;
  FloatArray m_widest;  ///< largest standard deviation of each, scene units
};

}  // namespace volpress::compressors
