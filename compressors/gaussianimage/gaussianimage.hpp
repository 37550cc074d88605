// GaussianImage (Zhang et al., ECCV 2024): pictures as sums of 2-D Gaussians.
#pragma once

#include "compressors/picture_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const PictureCodec& gaussianImageCodec();

}  // namespace volpress::compressors
