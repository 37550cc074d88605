// Scene file formats that compress, as codecs: the bytes are those of the native file.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const Codec& spzCodec();
[[nodiscard]] const Codec& sogCodec();
[[nodiscard]] const Codec& compressedPlyCodec();
[[nodiscard]] const Codec& splatCodec();

}  // namespace volpress::compressors
