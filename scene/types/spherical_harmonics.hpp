// The real spherical harmonics of Gaussian splatting.
#pragma once

#include <array>
#include <cstddef>

namespace volpress {

inline constexpr std::size_t kSh3Coefficients = 16;

/// Basis values of bands 0..3 for the unit direction (from the camera to the splat), with the signs
/// that 3DGS trains with: [0] is band 0, [1 + k] belongs to rest coefficient k. The colour is
/// 0.5 + sum of coefficient * value.
[[nodiscard]] inline std::array<float, kSh3Coefficients> shBasis3(float x, float y, float z) {
  const float xx = x * x;
  const float yy = y * y;
  const float zz = z * z;
  return {0.28209479177387814F,
          -0.4886025119029199F * y,
          0.4886025119029199F * z,
          -0.4886025119029199F * x,
          1.0925484305920792F * x * y,
          -1.0925484305920792F * y * z,
          0.31539156525252005F * (2 * zz - xx - yy),
          -1.0925484305920792F * x * z,
          0.5462742152960396F * (xx - yy),
          -0.5900435899266435F * y * (3 * xx - yy),
          2.890611442640554F * x * y * z,
          -0.4570457994644658F * y * (4 * zz - xx - yy),
          0.3731763325901154F * z * (2 * zz - 3 * xx - 3 * yy),
          -0.4570457994644658F * x * (4 * zz - xx - yy),
          1.445305721320277F * z * (xx - yy),
          -0.5900435899266435F * x * (xx - 3 * yy)};
}

}  // namespace volpress
