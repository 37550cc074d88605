// DualGS (Jiang et al. 2024, "Robust Dual Gaussian Splatting for Immersive Human-centric Volumetric
// Videos") as a compressor of sequences that are trained already: the motion of a few joint
// Gaussians carries all others; what is left of their appearance is tables and codebooks. Byte
// layout in FORMAT.md beside this file.
#pragma once

#include "compressors/stream/sequence_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const SequenceCodec& dualgsCodec();
/// The decoder alone, for programs that only play.
[[nodiscard]] Result<std::unique_ptr<ClipDecoder>> openDualgsClip(const ClipInfo& info,
                                                                  RunContext& context);

}  // namespace volpress::compressors
