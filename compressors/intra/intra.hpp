// Each frame of a sequence by itself: for frames whose splats have nothing to do with each other.
// Byte layout in FORMAT.md beside this file.
#pragma once

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const SequenceCodec& intraCodec();

}  // namespace volpress::compressors
