// Activation of a cloud and its EWA projection into one camera.
#pragma once

#include <span>
#include <stop_token>

#include "renderer/software/projected_splat.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::renderer {

/// Activates a cloud. InvalidParameter when array lengths disagree or there are 2^31 splats or
/// more.
[[nodiscard]] Result<std::unique_ptr<SoftwareCloud>> activateCloud(
    std::shared_ptr<const GaussianCloud> cloud, TaskRunner& runner);

/// The camera as the projection uses it.
struct ProjectionCamera {
  std::array<float, 9> rotation;
  std::array<float, 3> position;
  float fx, fy, cx, cy, nearPlane, width, height;
  float limitX, limitY;  ///< of x/z and y/z in the Jacobian
};

[[nodiscard]] ProjectionCamera projectionCamera(const Camera& camera);

/// Which colours a projection fills in.
struct ProjectionColors {
  bool wanted = false;
  unsigned shDegree = kMaxShDegree;  ///< bands above are ignored
  std::span<const float> direct{};   ///< 3 a splat, instead of SH where not empty
};

/// The visible splats of one view: `splats[slots[i]]` in splat order, with the depth (bits of a
/// positive float, so that integers sort alike) in `depths[i]`. Kept between frames for its memory.
struct ProjectedView {
  Uninitialised<ProjectedSplat> splats;  ///< sparse: only the slots below are filled
  Uninitialised<std::uint32_t> slots;
  Uninitialised<std::uint32_t> depths;
  std::uint64_t tileBound = 0;  ///< sum over splats of the tiles under their bounding boxes
};

/// Projects, culls and, if wanted, finds the colour of what is left. Stops early, with an
/// incomplete view, when asked to.
void projectCloud(const SoftwareCloud& cloud, const Camera& camera, const ProjectionColors& colors,
                  const std::stop_token& stop, TaskRunner& runner, ProjectedView& view);

/// The SIMD instruction set in use, for people.
[[nodiscard]] const char* simdTargetName();

}  // namespace volpress::renderer
