// The published equations once more, in double precision and without tiles, extents or SIMD: every
// splat is tried on every pixel. Slow, and written apart from the renderer that it checks.
#pragma once

#include "renderer/rasterizer.hpp"

namespace volpress::testing {

struct ReferenceResult {
  std::vector<double> color;  ///< 3 a pixel
  std::vector<double> alpha;
  std::vector<double> hits, opacityTransmittance, alphaTransmittance;  ///< one a splat
};

[[nodiscard]] ReferenceResult renderReference(const GaussianCloud& cloud, const Camera& camera,
                                              std::array<double, 3> background,
                                              unsigned maxShDegree = kMaxShDegree);

/// d/d(*parameter) of the sum over pixels and channels of colour * lossGradient, with numbers that
/// carry their derivative. `parameter` points into one of the cloud's arrays or into `directColors`
/// (3 a splat, in place of SH, or null).
[[nodiscard]] double referenceDerivative(const GaussianCloud& cloud, const Camera& camera,
                                         std::array<double, 3> background, unsigned maxShDegree,
                                         const std::vector<float>* directColors,
                                         const Image& lossGradient, const float* parameter);

/// 10 log10(1 / MSE), without clamping.
[[nodiscard]] double referencePsnr(const ReferenceResult& reference, const Image& color);

}  // namespace volpress::testing
