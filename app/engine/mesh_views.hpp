// Cameras around a mesh, and when they look.
#pragma once

#include <filesystem>
#include <string_view>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/mesh_pose.hpp"

namespace volpress::engine {

/// Sixteen views (or N of "orbit:N") from a Fibonacci sphere, 45 degrees of field, framed to the
/// bounds, `side` pixels square; or the cameras of a file or folder, as for splats, at most 48.
/// "auto" is "orbit:16". None is held out: no mesh codec optimises on views. Up is +y.
[[nodiscard]] Result<ViewSet> makeMeshViews(std::string_view spec, const Bounds& bounds,
                                            std::size_t side = 512);

/// Views of a mesh for measuring it, each at a moment.
struct MeshViewSet {
  ViewSet set;                      ///< names tell moments of animations: "orbit-003, Walk 0.53 s"
  std::vector<MeshMoment> moments;  ///< one at least

  /// Views are spread evenly over the moments, those of one moment over all sides.
  [[nodiscard]] std::size_t momentOf(std::size_t view) const noexcept;
};

/// As `makeMeshViews`, around all that is shown. What moves is looked at in whole frames, as many
/// of each animation, eight in all where there are so many; moments that show nothing are left out.
/// Else, and where nothing is ever shown, there is one moment: the nodes' own frames. `mesh` passes
/// `validate`.
[[nodiscard]] Result<MeshViewSet> makeMeasuredViews(std::string_view spec, const Mesh& mesh);

/// From the front, a little above and to the side, all in the picture.
[[nodiscard]] Camera meshHomeCamera(const Bounds& bounds, std::size_t width, std::size_t height);

/// Near enough not to cut what is looked at, far enough for depth to be told apart.
void setMeshNearPlane(Camera& camera, const Bounds& bounds);

}  // namespace volpress::engine
