// MesonGS (Xie et al., ECCV 2024): importance pruning, octree, RAHT, block quantisation, SH
// codebook. Byte layout in FORMAT.md beside this file.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const Codec& mesonGsCodec();

}  // namespace volpress::compressors
