// Pictures of meshes as pixels.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/formats/webp_image.hpp"

namespace volpress::formats {

/// Untrusted PNG, JPEG or WebP as straight 8-bit RGBA. NotThisFormat for other files; CorruptData
/// for damaged ones, for more than kMaxPicturePixels, and for far more than the bytes can hold.
[[nodiscard]] Result<RgbaImage> decodePicture(ByteView file);
inline constexpr std::uint64_t kMaxPicturePixels = 64'000'000;

}  // namespace volpress::formats
