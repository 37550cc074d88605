// Where someone looks from, without a picture size: what bookmarks and key frames hold.
#pragma once

#include <array>
#include <string_view>

#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"

namespace volpress::engine {

struct Viewpoint {
  std::array<double, 3> position{};            ///< camera centre, world units
  std::array<double, 4> rotation{1, 0, 0, 0};  ///< world to camera, w x y z, unit length
  double verticalFov = 0.8;                    ///< radians
  double pivotDistance = 1;                    ///< world units ahead, what one turns about
  double nearPlane = 0.2;                      ///< world units
};

[[nodiscard]] Viewpoint viewpointOf(const Camera& camera, double pivotDistance);

/// Square pixels, principal point in the middle.
[[nodiscard]] Camera cameraAt(const Viewpoint& view, std::size_t width, std::size_t height);

/// The world direction in which the camera looks, and the one that points down in its picture.
[[nodiscard]] std::array<double, 3> forwardOf(const Viewpoint& view);
[[nodiscard]] std::array<double, 3> downOf(const Viewpoint& view);

/// Whether every field is finite and in range; names the field that is not.
[[nodiscard]] Result<void> checkViewpoint(const Viewpoint& view, std::string_view what);

}  // namespace volpress::engine
