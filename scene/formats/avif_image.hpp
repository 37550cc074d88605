// Pictures as AVIF (AV1 stills).
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/webp_image.hpp"

namespace volpress::formats {

/// By the first bytes.
[[nodiscard]] bool isAvif(ByteView head);

/// Colour at half resolution, alpha dropped. `quantiser` 0 (best) .. 63.
[[nodiscard]] Result<Bytes> encodeAvif(const RgbaImage& image, int quantiser);

/// Untrusted bytes. CorruptData for damaged ones and for more than `mostPixels`.
[[nodiscard]] Result<RgbaImage> decodeAvif(ByteView file, std::uint64_t mostPixels);

}  // namespace volpress::formats
