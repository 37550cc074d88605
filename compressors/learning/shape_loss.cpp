#include "compressors/learning/shape_loss.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::learning {
namespace {

using Matrix = Shape;

/// Rows are r_k^T of the unit quaternion's rotation: the axes in scene space are its columns.
Matrix rotationOf(const float* q) {
  const float w = q[0];
  const float x = q[1];
  const float y = q[2];
  const float z = q[3];
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

std::array<float, 4> normalised(const float* q, float& length) {
  length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  return {q[0] / length, q[1] / length, q[2] / length, q[3] / length};
}

/// R diag(axes) R^T.
Matrix logCovariance(const Matrix& r, const float* axes) {
  Matrix result{};
  for (std::size_t i = 0; i < 3; ++i) {
    for (std::size_t j = 0; j < 3; ++j) {
      for (std::size_t k = 0; k < 3; ++k) {
        result[3 * i + j] += r[3 * i + k] * axes[k] * r[3 * j + k];
      }
    }
  }
  return result;
}

/// d(loss)/d(quaternion) given d(loss)/d(rotation matrix), through the normalisation.
void pullQuaternion(const Matrix& g, const std::array<float, 4>& q, float length, float* out) {
  const float w = q[0];
  const float x = q[1];
  const float y = q[2];
  const float z = q[3];
  const std::array<float, 4> unit{
      2 * (-z * g[1] + y * g[2] + z * g[3] - x * g[5] - y * g[6] + x * g[7]),
      2 * (y * g[1] + z * g[2] + y * g[3] - 2 * x * g[4] - w * g[5] + z * g[6] + w * g[7] -
           2 * x * g[8]),
      2 * (-2 * y * g[0] + x * g[1] + w * g[2] + x * g[3] + z * g[5] - w * g[6] + z * g[7] -
           2 * y * g[8]),
      2 * (-2 * z * g[0] - w * g[1] + x * g[2] + w * g[3] - 2 * z * g[4] + y * g[5] + x * g[6] +
           y * g[7])};
  const float along = unit[0] * w + unit[1] * x + unit[2] * y + unit[3] * z;
  for (std::size_t c = 0; c < 4; ++c) {
    out[c] += (unit[c] - along * q[c]) / length;
  }
}

}  // namespace

Shape shapeOf(const GaussianCloud& target, std::size_t j) {
  const float* scales = target.logScales.data() + 3 * j;
  const float longest = std::max({scales[0], scales[1], scales[2]});
  std::array<float, 3> axes{};
  for (std::size_t c = 0; c < 3; ++c) {
    axes[c] = std::max(scales[c], longest + kThinnestAxis);
  }
  float length = 0;
  return logCovariance(rotationOf(normalised(target.rotations.data() + 4 * j, length).data()),
                       axes.data());
}

double shapeLoss(const GaussianCloud& decoded, std::size_t i, const Shape& wanted, float weight,
                 renderer::CloudGradients& gradients) {
  const float* axes = decoded.logScales.data() + 3 * i;
  float length = 0;
  const std::array<float, 4> q = normalised(decoded.rotations.data() + 4 * i, length);
  const Matrix r = rotationOf(q.data());
  Matrix difference = logCovariance(r, axes);
  double loss = 0;
  for (std::size_t c = 0; c < 9; ++c) {
    difference[c] -= wanted[c];
    loss += static_cast<double>(weight * difference[c] * difference[c]);
    difference[c] *= 2 * weight;  // d(loss)/d(log covariance)
  }
  Matrix ofRotation{};
  for (std::size_t k = 0; k < 3; ++k) {
    float ofAxis = 0;
    for (std::size_t a = 0; a < 3; ++a) {
      float product = 0;
      for (std::size_t b = 0; b < 3; ++b) {
        product += difference[3 * a + b] * r[3 * b + k];
      }
      ofAxis += r[3 * a + k] * product;
      ofRotation[3 * a + k] = 2 * product * axes[k];
    }
    gradients.logScales[3 * i + k] += ofAxis;
  }
  pullQuaternion(ofRotation, q, length, gradients.rotations.data() + 4 * i);
  return loss;
}

}  // namespace volpress::learning
