// HiFi4G (Jiang et al. 2024, "HiFi4G: High-Fidelity Human Performance Rendering via Compact
// Gaussian Splatting") as a compressor of sequences that are trained already: key frames, a
// deformation graph that carries their splats, and what each frame differs by. Byte layout in
// FORMAT.md beside this file.
#pragma once

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const SequenceCodec& hifi4gCodec();
/// The decoder alone, for programs that only play.
[[nodiscard]] Result<std::unique_ptr<ClipDecoder>> openHifi4gClip(const ClipInfo& info,
                                                                  RunContext& context);

}  // namespace volpress::compressors
