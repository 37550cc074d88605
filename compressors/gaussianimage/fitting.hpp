// Fitting a sum of Gaussians to a picture, and fine-tuning it while it is rounded as files round.
#pragma once

#include <cstdint>

#include "compressors/codec.hpp"
#include "compressors/gaussianimage/quantiser.hpp"
#include "scene/types/image.hpp"

namespace volpress::gaussianimage {

struct FitSettings {
  std::size_t gaussians = 5000;
  unsigned steps = 1500;     ///< of the fit
  unsigned tuneSteps = 500;  ///< of the fine-tune while rounded
  std::size_t entries = 16;  ///< of each codebook
};

/// The codes of a picture of 3 channels: Gaussians placed by gradients, fitted by Adam on centres
/// and shapes with colours by linear least squares, more of them where the error is largest, then
/// fine-tuned with straight-through rounding. `context.scratch`, where given, keeps the state.
[[nodiscard]] Result<PictureCodes> fitPicture(const Image& image, const FitSettings& settings,
                                              compressors::RunContext& context);

/// The fit alone, unrounded.
[[nodiscard]] Result<renderer::GaussianPicture> fitGaussians(const Image& image,
                                                             const FitSettings& settings,
                                                             compressors::RunContext& context);

}  // namespace volpress::gaussianimage
