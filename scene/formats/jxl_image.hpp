// Pictures as JPEG XL.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/webp_image.hpp"

namespace volpress::formats {

/// By the first bytes: a bare codestream or one in a box.
[[nodiscard]] bool isJpegXl(ByteView head);

/// Lossy, alpha dropped. `distance` of Butteraugli, 0.05..15: 1 is about invisible.
[[nodiscard]] Result<Bytes> encodeJpegXl(const RgbaImage& image, double distance);

/// Untrusted bytes, in sRGB. CorruptData for damaged ones and for more than `mostPixels`.
[[nodiscard]] Result<RgbaImage> decodeJpegXl(ByteView file, std::uint64_t mostPixels);

}  // namespace volpress::formats
