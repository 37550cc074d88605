// The parameters of the codec.
#pragma once

#include "compressors/gaussianimage/fitting.hpp"

namespace volpress::gaussianimage {

[[nodiscard]] compressors::CodecInfo makeInfo();

/// Of completed parameters, for a picture of so many pixels: no more Gaussians than every other
/// pixel has room for.
[[nodiscard]] FitSettings settingsOf(const ParamSet& params, std::size_t pixels);

inline constexpr std::size_t kMostGaussians = 200'000;

}  // namespace volpress::gaussianimage
