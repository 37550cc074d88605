// How spherical harmonics change with the direction.
#pragma once

#include <array>
#include <span>

#include "scene/types/spherical_harmonics.hpp"

namespace volpress::renderer {

/// The gradient, with respect to a unit `direction`, of sum over k of weights[k] * basis function
/// 1 + k (bands 1 to `degree`), along the sphere only: orthogonal to `direction`.
[[nodiscard]] std::array<float, 3> shDirectionGradient(
    unsigned degree, const std::array<float, 3>& direction,
    std::span<const float, shRestCount(kMaxShDegree)> weights) noexcept;

}  // namespace volpress::renderer
