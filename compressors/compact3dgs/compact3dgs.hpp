// Compact 3D Gaussian representation (Lee et al., CVPR 2024): a learnt mask, residual vector
// quantisation of scales and rotations, and colours from a hash grid and a small network. Byte
// layout in FORMAT.md beside this file.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const Codec& compact3dgsCodec();

}  // namespace volpress::compressors
