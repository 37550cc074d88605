#include "scene/types/spherical_harmonics.hpp"

#include <cmath>

namespace volpress {

void evaluateShBasis(unsigned degree, std::array<float, 3> direction,
                     std::span<float, kMaxShBasis> basis) noexcept {
  const auto [x, y, z] = direction;
  basis[0] = kSh0;
  if (degree == 0) {
    return;
  }
  basis[1] = -0.48860251F * y;
  basis[2] = 0.48860251F * z;
  basis[3] = -0.48860251F * x;
  if (degree == 1) {
    return;
  }
  const float xx = x * x;
  const float yy = y * y;
  const float zz = z * z;
  basis[4] = 1.09254843F * x * y;
  basis[5] = -1.09254843F * y * z;
  basis[6] = 0.31539157F * (2 * zz - xx - yy);
  basis[7] = -1.09254843F * x * z;
  basis[8] = 0.54627422F * (xx - yy);
  if (degree == 2) {
    return;
  }
  basis[9] = -0.59004359F * y * (3 * xx - yy);
  basis[10] = 2.89061144F * x * y * z;
  basis[11] = -0.45704580F * y * (4 * zz - xx - yy);
  basis[12] = 0.37317633F * z * (2 * zz - 3 * xx - 3 * yy);
  basis[13] = -0.45704580F * x * (4 * zz - xx - yy);
  basis[14] = 1.44530572F * z * (xx - yy);
  basis[15] = -0.59004359F * x * (xx - 3 * yy);
  if (degree == 3) {
    return;
  }
  basis[16] = 2.50334294F * x * y * (xx - yy);
  basis[17] = -1.77013077F * y * z * (3 * xx - yy);
  basis[18] = 0.94617470F * x * y * (7 * zz - 1);
  basis[19] = -0.66904654F * y * z * (7 * zz - 3);
  basis[20] = 0.10578555F * (zz * (35 * zz - 30) + 3);
  basis[21] = -0.66904654F * x * z * (7 * zz - 3);
  basis[22] = 0.47308735F * (xx - yy) * (7 * zz - 1);
  basis[23] = -1.77013077F * x * z * (xx - 3 * yy);
  basis[24] = 0.62583574F * (xx * (xx - 3 * yy) - yy * (3 * xx - yy));
}

void evaluateShBasis(unsigned degree, const float* mean, const std::array<float, 3>& eye,
                     std::span<float, kMaxShBasis> basis) noexcept {
  std::array<float, 3> direction{mean[0] - eye[0], mean[1] - eye[1], mean[2] - eye[2]};
  const float length = std::sqrt(direction[0] * direction[0] + direction[1] * direction[1] +
                                 direction[2] * direction[2]);
  if (length > 0) {
    for (float& part : direction) {
      part /= length;
    }
  } else {
    direction = {0, 0, 1};
  }
  evaluateShBasis(degree, direction, basis);
}

}  // namespace volpress
