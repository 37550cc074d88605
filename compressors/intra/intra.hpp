// Each frame of a sequence by itself: for frames whose splats have nothing to do with each other.
// Byte layout in FORMAT.md beside this file.
#pragma once

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const SequenceCodec& intraCodec();
/// The decoder alone, for programs that only play.
[[nodiscard]] Result<std::unique_ptr<ClipDecoder>> openIntraClip(const ClipInfo& info,
                                                                 RunContext& context);

}  // namespace volpress::compressors
