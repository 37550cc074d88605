// Pictures as PNG files.
#pragma once

#include <filesystem>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

/// 8 bits a channel (1, 3, or 4: straight alpha), values clamped to 0..1 and rounded to nearest.
/// Tagged sRGB: pictures hold display-referred values.
[[nodiscard]] Result<Bytes> encodePng(const Image& image);

/// Any PNG as 3 channels in 0..1, alpha dropped. Untrusted bytes: at most 64 million pixels, and no
/// more than the compressed bytes can hold, else CorruptData.
[[nodiscard]] Result<Image> decodePng(ByteView file);

/// Writes atomically; errors name the path.
[[nodiscard]] Result<void> writePng(const std::filesystem::path& path, const Image& image);
[[nodiscard]] Result<Image> readPng(const std::filesystem::path& path);

}  // namespace volpress::engine
