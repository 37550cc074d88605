// Formats of pictures as codecs: what others have, for comparison.
#pragma once

#include "compressors/picture_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const PictureCodec& jpegCodec();
[[nodiscard]] const PictureCodec& webpCodec();
[[nodiscard]] const PictureCodec& avifCodec();
[[nodiscard]] const PictureCodec& jpegXlCodec();

}  // namespace volpress::compressors
