// The size of a picture file, from its header alone.
#pragma once

#include <filesystem>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::formats {

struct PictureSize {
  std::size_t width = 0;  ///< pixels as stored; a rotation noted in EXIF is not applied
  std::size_t height = 0;
};

/// Of untrusted bytes of a PNG, JPEG or WebP file. NotThisFormat for other files, CorruptData where
/// the header breaks off.
[[nodiscard]] Result<PictureSize> parsePictureSize(ByteView file);

/// As above, of a file; errors name it.
[[nodiscard]] Result<PictureSize> readPictureSize(const std::filesystem::path& path);

}  // namespace volpress::formats
