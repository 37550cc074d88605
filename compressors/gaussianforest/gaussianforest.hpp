// GaussianForest (Zhang et al. 2024): positions and opacities at the leaves of a forest, shapes and
// colours from features that inner nodes share. Byte layout in FORMAT.md beside this file.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const Codec& gaussianForestCodec();

}  // namespace volpress::compressors
