// Which way up a photograph is to be looked at.
#pragma once

#include "scene/base/bytes.hpp"
#include "scene/types/image.hpp"

namespace volpress::engine {

/// The EXIF orientation of a JPEG, 1 to 8; 1, as it is stored, where the file says nothing or
/// nothing that can be. Any bytes will do.
[[nodiscard]] unsigned exifOrientation(ByteView file);

/// A picture as it is stored, turned and mirrored so that it is upright: EXIF 2.3, "Orientation".
/// Orientations other than 2 to 8 leave it alone.
[[nodiscard]] Image upright(Image stored, unsigned orientation);

}  // namespace volpress::engine
