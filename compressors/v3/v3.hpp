// V3 / VideoGS (Wang et al. 2024, "V^3: Viewing Volumetric Videos on Mobiles via Streamable 2D
// Dynamic Gaussians") as a compressor of sequences that are trained already: splats are pixels of
// square pictures, one for each attribute, coded over time. Byte layout in FORMAT.md beside this
// file.
#pragma once

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const SequenceCodec& v3Codec();
/// The decoder alone, for programs that only play.
[[nodiscard]] Result<std::unique_ptr<ClipDecoder>> openV3Clip(const ClipInfo& info,
                                                              RunContext& context);

}  // namespace volpress::compressors
