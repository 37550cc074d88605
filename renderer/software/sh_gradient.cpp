#include "renderer/software/sh_gradient.hpp"

namespace volpress::renderer {

std::array<float, 3> shDirectionGradient(
    unsigned degree, const std::array<float, 3>& direction,
    std::span<const float, shRestCount(kMaxShDegree)> weights) noexcept {
  const auto [x, y, z] = direction;
  const auto& m = weights;
  float gx = 0;
  float gy = 0;
  float gz = 0;
  if (degree >= 1) {
    constexpr float kBand = 0.4886025119029199F;
    gx -= kBand * m[2];
    gy -= kBand * m[0];
    gz += kBand * m[1];
  }
  const float xx = x * x;
  const float yy = y * y;
  const float zz = z * z;
  if (degree >= 2) {
    constexpr float kMixed = 1.0925484305920792F;
    constexpr float kAxial = 0.31539156525252005F;
    gx += kMixed * (y * m[3] - z * m[6] + x * m[7]) - 2 * kAxial * x * m[5];
    gy += kMixed * (x * m[3] - z * m[4] - y * m[7]) - 2 * kAxial * y * m[5];
    gz += 4 * kAxial * z * m[5] - kMixed * (y * m[4] + x * m[6]);
  }
  if (degree >= 3) {
    constexpr float k33 = 0.5900435899266435F;
    constexpr float k32 = 2.890611442640554F;
    constexpr float k31 = 0.4570457994644658F;
    constexpr float k30 = 0.3731763325901154F;
    constexpr float k32c = 1.445305721320277F;
    gx += -6 * k33 * x * y * m[8] + k32 * y * z * m[9] + 2 * k31 * x * y * m[10] -
          6 * k30 * x * z * m[11] - k31 * (4 * zz - 3 * xx - yy) * m[12] +
          2 * k32c * x * z * m[13] - 3 * k33 * (xx - yy) * m[14];
    gy += -3 * k33 * (xx - yy) * m[8] + k32 * x * z * m[9] - k31 * (4 * zz - xx - 3 * yy) * m[10] -
          6 * k30 * y * z * m[11] + 2 * k31 * x * y * m[12] - 2 * k32c * y * z * m[13] +
          6 * k33 * x * y * m[14];
    gz += k32 * x * y * m[9] - 8 * k31 * y * z * m[10] + 3 * k30 * (2 * zz - xx - yy) * m[11] -
          8 * k31 * x * z * m[12] + k32c * (xx - yy) * m[13];
  }
  if (degree >= 4) {
    constexpr float k44 = 2.5033429417967046F;
    constexpr float k43 = 1.7701307697799304F;
    constexpr float k42 = 0.9461746957575601F;
    constexpr float k41 = 0.6690465435572892F;
    constexpr float k40 = 0.10578554691520431F;
    constexpr float k42c = 0.47308734787878004F;
    constexpr float k44c = 0.6258357354491761F;
    gx += k44 * y * (3 * xx - yy) * m[15] - 6 * k43 * x * y * z * m[16] +
          k42 * y * (7 * zz - 1) * m[17] - k41 * z * (7 * zz - 3) * m[20] +
          2 * k42c * x * (7 * zz - 1) * m[21] - 3 * k43 * z * (xx - yy) * m[22] +
          4 * k44c * x * (xx - 3 * yy) * m[23];
    gy += k44 * x * (xx - 3 * yy) * m[15] - 3 * k43 * z * (xx - yy) * m[16] +
          k42 * x * (7 * zz - 1) * m[17] - k41 * z * (7 * zz - 3) * m[18] -
          2 * k42c * y * (7 * zz - 1) * m[21] + 6 * k43 * x * y * z * m[22] +
          4 * k44c * y * (yy - 3 * xx) * m[23];
    gz += -k43 * y * (3 * xx - yy) * m[16] + 14 * k42 * x * y * z * m[17] -
          3 * k41 * y * (7 * zz - 1) * m[18] + 20 * k40 * z * (7 * zz - 3) * m[19] -
          3 * k41 * x * (7 * zz - 1) * m[20] + 14 * k42c * z * (xx - yy) * m[21] -
          k43 * x * (xx - 3 * yy) * m[22];
  }
  const float along = gx * x + gy * y + gz * z;
  return {gx - along * x, gy - along * y, gz - along * z};
}

}  // namespace volpress::renderer
