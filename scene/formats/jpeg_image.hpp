// Pictures as JPEG.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/webp_image.hpp"

namespace volpress::formats {

/// Progressive JPEG with Huffman tables of its own and colour at half resolution; alpha is dropped.
/// `quality` 1..100.
[[nodiscard]] Result<Bytes> encodeJpeg(const RgbaImage& image, int quality);

}  // namespace volpress::formats
