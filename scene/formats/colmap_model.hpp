// COLMAP models: cameras, images and points3D, as .bin or .txt in one folder.
//
// Little-endian, packed. cameras.bin: u64 count; each u32 camera id, i32 model id, u64 width,
// u64 height, f64 parameters (number by model, see lens.hpp). images.bin: u64 count; each u32 image
// id, f64 quaternion w x y z and f64 translation (world to camera), u32 camera id, name ending in
// zero, u64 count of 2-D points; each f64 x, f64 y, u64 point id. points3D.bin: u64 count; each
// u64 id, f64 xyz, u8 rgb, f64 error, u64 track length; each u32 image id, u32 index.
// The text files hold the same fields, split by spaces, one record a line ('#' starts a comment),
// and an image is two lines, of which the second (its 2-D points) may be empty.
#pragma once

#include <filesystem>
#include <map>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/posed_images.hpp"

namespace volpress::formats {

enum class ColmapEncoding { Binary, Text };

struct ColmapCamera {
  std::size_t width = 0;  ///< pixels
  std::size_t height = 0;
  Lens lens;
};

using ColmapCameras = std::map<std::uint32_t, ColmapCamera>;  ///< by camera id

/// Untrusted bytes of cameras.bin or cameras.txt. Errors name the camera, field, value and limits.
[[nodiscard]] Result<ColmapCameras> parseColmapCameras(ByteView file, ColmapEncoding encoding);

/// Untrusted bytes of images.bin or images.txt: one posed image each, sorted by name; `path` stays
/// empty. A camera id that `cameras` lacks is an error.
[[nodiscard]] Result<std::vector<PosedImage>> parseColmapImages(ByteView file,
                                                                ColmapEncoding encoding,
                                                                const ColmapCameras& cameras);

/// Untrusted bytes of points3D.bin or points3D.txt; fills `points` and `pointColors` of `into`.
[[nodiscard]] Result<void> parseColmapPoints(ByteView file, ColmapEncoding encoding,
                                             PosedImages& into);

/// The folder that holds the model at, or below, `folder`: itself, sparse/0, sparse, or
/// colmap/sparse/0. Empty if there is none.
[[nodiscard]] std::filesystem::path findColmapModel(const std::filesystem::path& folder);

/// Reads the model that `findColmapModel` finds; binary files win where both are there, and points
/// may be missing. Photographs are looked for in `images` (if not empty), else in images/ beside
/// the model or up to two folders above it.
[[nodiscard]] Result<PosedImages> readColmapModel(const std::filesystem::path& folder,
                                                  const std::filesystem::path& images = {});

}  // namespace volpress::formats
