// Cameras around a mesh.
#pragma once

#include <filesystem>
#include <string_view>

#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

/// Sixteen views (or N of "orbit:N") from a Fibonacci sphere, 45 degrees of field, framed to the
/// bounds, `side` pixels square; or the cameras of a file or folder, as for splats, at most 48.
/// "auto" is "orbit:16". None is held out: no mesh codec optimises on views. Up is +y.
[[nodiscard]] Result<ViewSet> makeMeshViews(std::string_view spec, const Bounds& bounds,
                                            std::size_t side = 512);

/// From the front, a little above and to the side, all in the picture.
[[nodiscard]] Camera meshHomeCamera(const Bounds& bounds, std::size_t width, std::size_t height);

/// Near enough not to cut what is looked at, far enough for depth to be told apart.
void setMeshNearPlane(Camera& camera, const Bounds& bounds);

}  // namespace volpress::engine
