// The real spherical harmonics of Gaussian splatting, for one direction.
#pragma once

#include <array>
#include <span>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress {

inline constexpr std::size_t kMaxShBasis = shRestCount(kMaxShDegree) + 1;

/// Fills basis[0..(degree+1)^2) for a unit direction (from the camera to the splat), with the signs
/// that 3DGS trains with: [0] is kSh0, [1 + k] belongs to rest coefficient k. The colour is
/// 0.5 + sum of coefficient * value.
void evaluateShBasis(unsigned degree, std::array<float, 3> direction,
                     std::span<float, kMaxShBasis> basis) noexcept;

/// The same for the direction from `eye` to the splat at `mean` (3 floats); a splat at the eye
/// counts as +z.
void evaluateShBasis(unsigned degree, const float* mean, const std::array<float, 3>& eye,
                     std::span<float, kMaxShBasis> basis) noexcept;

}  // namespace volpress
