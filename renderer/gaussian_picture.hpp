// Pictures that are sums of 2-D Gaussians, as every renderer draws them.
#pragma once

#include <cstddef>

#include "scene/base/float_array.hpp"

namespace volpress::renderer {

/// A Gaussian adds v * colour to pixel (i, j), where v = exp(-d^T C^-1 d / 2), d goes from its
/// centre to (i, j), and C = L L^T with L = [[l11, 0], [l21, l22]]; nothing where v < 1/255. One
/// with l11 * l22 = 0 adds nothing.
struct GaussianPicture {
  std::size_t width = 0;
  std::size_t height = 0;
  FloatArray centres;  ///< 2 each: pixels, x right, y down, (0, 0) in the middle of the first pixel
  FloatArray shapes;   ///< 3 each: l11, l21, l22, pixels
  FloatArray colors;   ///< 3 each: display values, any sign

  [[nodiscard]] std::size_t count() const noexcept { return centres.size() / 2; }
};

}  // namespace volpress::renderer
