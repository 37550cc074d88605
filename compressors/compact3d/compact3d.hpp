// Compact3D, later called CompGS (Navaneet et al., ECCV 2024): k-means codebooks for the parameters
// of splats, learnt together with the scene. Not the CompGS of Liu et al. Byte layout in FORMAT.md
// beside this file.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const Codec& compact3dCodec();

}  // namespace volpress::compressors
