// Turning view-dependent colour along with a scene.
#pragma once

#include <array>
#include <vector>

#include "scene/types/spherical_harmonics.hpp"

namespace volpress::edit {

/// The linear maps that the SH coefficients of each band take when a scene is rotated: the colour
/// that a direction d had is the colour of R d afterwards. Exact up to rounding (each band is
/// closed under rotation); band 0 does not change.
class ShRotation {
public:
  /// `rotation` is row-major and orthonormal with determinant +1.
  ShRotation(const std::array<double, 9>& rotation, unsigned degree);

  /// Rewrites the coefficients above band 0 of one splat: shRestCount(degree) times RGB.
  void apply(float* rest) const noexcept;

private:
  unsigned m_degree;
  std::vector<std::vector<float>> m_bands;  ///< band 1 first: (2l+1)^2 numbers, row-major
};

}  // namespace volpress::edit
