#include "scene/formats/axes.hpp"

namespace volpress::formats {
namespace {

// The sign that each SH coefficient above band 0 takes: its basis function is even or odd in each
// coordinate.
std::array<float, shRestCount(kMaxShDegree)> shSigns(const AxisSigns& signs) {
  const float x = signs[0];
  const float y = signs[1];
  const float z = signs[2];
  return {y,     z,         x,                                     // band 1
          x * y, y * z,     1,     x * z, 1,                       // band 2
          y,     x * y * z, y,     z,     x, z,     x,             // band 3
          x * y, y * z,     x * y, y * z, 1, x * z, 1, x * z, 1};  // band 4
}

}  // namespace

void turnAxes(GaussianCloud& cloud, const AxisSigns& signs) {
  const std::array<float, 4> quaternion{1, signs[1] * signs[2], signs[0] * signs[2],
                                        signs[0] * signs[1]};
  const auto restSigns = shSigns(signs);
  const std::size_t rest = shRestCount(cloud.shDegree);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * i + c] *= signs[c];
    }
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] *= quaternion[c];
    }
    for (std::size_t k = 0; k < rest; ++k) {
      for (std::size_t c = 0; c < 3; ++c) {
        cloud.shRest[(i * rest + k) * 3 + c] *= restSigns[k];
      }
    }
  }
}

}  // namespace volpress::formats
