// transforms.json: posed photographs in the dialects of NeRF, instant-ngp and nerfstudio.
//
// An object with `frames`, each {file_path, transform_matrix}: camera to world, 3 or 4 rows of 4,
// the camera looking along its -z with +y up. Intrinsics stand at the top or in a frame (which
// wins): fl_x, fl_y, cx, cy, w, h in pixels; or camera_angle_x, camera_angle_y in radians; or
// x_fov, y_fov in degrees. Distortion: k1..k6, p1, p2, with `camera_model` ("OPENCV",
// "OPENCV_FISHEYE", ...) or `is_fisheye`. nerfstudio adds applied_transform, ply_file_path and
// train/val/test_filenames, instant-ngp aabb_scale, scale and offset. What is missing: fy is fx,
// the principal point is the middle, the size is the photograph's.
#pragma once

#include <filesystem>
#include <functional>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/picture_size.hpp"
#include "scene/types/posed_images.hpp"

namespace volpress::formats {

/// Where the photograph that a frame calls `name` is, and how large a photograph is.
struct PhotographLookup {
  std::function<std::filesystem::path(const std::string& name)> find;
  std::function<Result<PictureSize>(const std::filesystem::path& photograph)> size;
};

struct TransformsFile {
  PosedImages posed;
  std::string pointsName;  ///< nerfstudio's `ply_file_path`; empty where there is none
};

/// Untrusted JSON. Images keep the file's order. Errors name the frame, key, value and limits.
/// `lookup.size` is asked only where the file states no size.
[[nodiscard]] Result<TransformsFile> parseTransformsJson(ByteView file,
                                                         const PhotographLookup& lookup);

/// Reads the file and the sparse points that it names (a PLY that is not there is no error).
/// Photographs are relative to the file's folder, with .png, .jpg, .jpeg or .webp added where the
/// name has no such file.
[[nodiscard]] Result<PosedImages> readTransformsJson(const std::filesystem::path& path);

}  // namespace volpress::formats
