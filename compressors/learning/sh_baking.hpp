// Spherical harmonics that come nearest to colours given by a function of the direction.
#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "scene/base/float_array.hpp"

namespace volpress::learning {

using Direction = std::array<float, 3>;  ///< of unit length, from the camera to the splat

/// From `eye` to `mean` (3 floats); +z where they are the same.
[[nodiscard]] Direction directionTo(const float* mean, const std::array<float, 3>& eye);

/// Least squares over directions all around: half as many again as there are coefficients.
class ShBaking {
public:
  explicit ShBaking(unsigned degree);

  [[nodiscard]] std::span<const Direction> directions() const noexcept { return m_directions; }
  /// Coefficients a channel, band 0 among them.
  [[nodiscard]] std::size_t bands() const noexcept { return m_bands; }

  /// Coefficient k (0: band 0) of RGB, given 3 values for each direction: what SH band 0 alone
  /// would have to be, (colour - 0.5) / kSh0.
  [[nodiscard]] std::array<float, 3> coefficient(std::size_t k, const float* values) const;
  /// What a direction's values count in a coefficient.
  [[nodiscard]] float weight(std::size_t k, std::size_t direction) const {
    return m_solve[k * m_directions.size() + direction];
  }

private:
  std::vector<Direction> m_directions;
  std::size_t m_bands;
  FloatArray m_solve;  ///< bands x directions
};

}  // namespace volpress::learning
