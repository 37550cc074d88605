// How far apart two ellipsoids are, however their axes are named and turned.
#pragma once

#include <array>

#include "renderer/rasterizer.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::learning {

/// Axes this much shorter (logarithm) than the longest look the same.
inline constexpr float kThinnestAxis = -4;

/// The matrix logarithm of half a splat's covariance, row-major: R diag(log scales) R^T.
using Shape = std::array<float, 9>;
/// Of splat `j`, no axis of it below the longest plus kThinnestAxis.
[[nodiscard]] Shape shapeOf(const GaussianCloud& target, std::size_t j);

/// `weight` times the squared distance between the shapes of splat `i` (whose quaternion is not
/// zero) and `wanted` (log-Euclidean: equal ellipsoids are equal however their axes are named).
/// Adds to the gradients of its scales and rotation.
double shapeLoss(const GaussianCloud& decoded, std::size_t i, const Shape& wanted, float weight,
                 renderer::CloudGradients& gradients);

}  // namespace volpress::learning
