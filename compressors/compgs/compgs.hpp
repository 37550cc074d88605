// CompGS (Liu et al. 2024): anchors with features, from which networks make ten primitives each,
// trained against the pictures' error and the rate together. Byte layout in FORMAT.md beside this
// file. Not the CompGS of Navaneet et al., which is codec `compact3d`.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const Codec& compGsCodec();

}  // namespace volpress::compressors
