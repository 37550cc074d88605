// 8-bit RGBA images as WebP, kept exactly or nearly.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/base/bytes.hpp"

namespace volpress::formats {

/// Straight (not premultiplied) RGBA, row-major from the top left.
struct RgbaImage {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::vector<std::uint8_t> pixels;  ///< 4 * width * height
};

/// What the header of a WebP file says.
struct WebpSize {
  std::uint32_t width = 0;
  std::uint32_t height = 0;

  [[nodiscard]] std::uint64_t pixels() const noexcept { return std::uint64_t{width} * height; }
};

/// Reads the header only. CorruptData when it is no WebP, when it is animated, or when it has more
/// than 16383 pixels a side or 2^28 together.
[[nodiscard]] Result<WebpSize> readWebpSize(ByteView file);

/// Decodes after the checks of readWebpSize; the size is the caller's to judge before.
[[nodiscard]] Result<RgbaImage> decodeWebp(ByteView file);

/// Lossless, and exact also where alpha is 0. `effort` 0..9: higher is smaller and slower. Sides
/// 1..16383.
[[nodiscard]] Result<Bytes> encodeWebp(const RgbaImage& image, int effort);

/// Lossy, `quality` 0..100.
[[nodiscard]] Result<Bytes> encodeLossyWebp(const RgbaImage& image, int quality);

/// Lossless coding of slightly changed pixels: `level` 0..100, 100 changes nothing.
[[nodiscard]] Result<Bytes> encodeNearLosslessWebp(const RgbaImage& image, int level);

}  // namespace volpress::formats
