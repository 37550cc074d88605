// SAGS and SAGS-Lite (Ververas et al., Structure-Aware 3D Gaussian Splatting, ECCV 2024): points
// whose splats are decoded from what a graph of neighbours gathers. Byte layout in FORMAT.md beside
// this file.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const Codec& sagsCodec();

}  // namespace volpress::compressors
