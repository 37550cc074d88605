// cameras.json: the camera list that 3DGS trainers write beside a scene.
//
// An array of {id, img_name, width, height, position[3], rotation[3][3], fx, fy}. `position` is the
// camera centre and `rotation` the camera-to-world matrix by rows, in the world frame of the PLY;
// the camera looks along its +z with +y down. The principal point is the picture's middle unless
// `cx` and `cy` are there.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"

namespace volpress::formats {

inline constexpr std::size_t kMaxCameras = 100000;

/// Parses untrusted JSON. Errors name the camera, the key, the value found and what is allowed.
/// Cameras keep the file's order; names are `img_name`, or "camera N" where it is missing.
[[nodiscard]] Result<std::vector<View>> parseCamerasJson(ByteView file);

}  // namespace volpress::formats
