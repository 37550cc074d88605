// Values of the spherical-harmonics basis for one direction, scalar.
#pragma once

#include <array>
#include <span>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::lightgaussian {

/// Fills basis[0..(degree+1)^2) for the direction from `eye` to the splat at `mean` (3 floats), in
/// the order of GaussianCloud's coefficients; basis[0] is kSh0. A splat at the eye counts as +z.
void evaluateShBasis(unsigned degree, const float* mean, const std::array<float, 3>& eye,
                     std::span<float, shRestCount(kMaxShDegree) + 1> basis) noexcept;

}  // namespace volpress::compressors::lightgaussian
