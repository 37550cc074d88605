// Photographs as files: PNG, JPEG, WebP.
#pragma once

#include <filesystem>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

/// Untrusted bytes as 3 channels of display values in 0..1; transparent parts are over black. The
/// pixels as stored: a rotation noted in EXIF is not applied, as structure from motion does not.
/// NotThisFormat for other files; CorruptData for damaged ones, cut off ones, and ones of more than
/// kMaxPhotographPixels or of far more than their bytes can hold.
[[nodiscard]] Result<Image> decodePhotograph(ByteView file);
inline constexpr std::uint64_t kMaxPhotographPixels = 64'000'000;

/// As above, of a file; errors name it.
[[nodiscard]] Result<Image> readPhotograph(const std::filesystem::path& path);

/// Whether the header of a PNG or WebP says that pixels have an opacity.
[[nodiscard]] bool hasOpacity(ByteView file);

}  // namespace volpress::engine
