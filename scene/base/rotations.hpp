// Unit quaternions w,x,y,z as rotations.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>

namespace volpress {

/// Double precision throughout: callers round once.
using Quaternion = std::array<double, 4>;
using Vector3 = std::array<double, 3>;
using Matrix3 = std::array<double, 9>;  ///< row-major

/// Any length but zero (a zero one gives the identity) to length 1.
[[nodiscard]] inline Quaternion normalised(const Quaternion& q) {
  const double square = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
  if (!(square > 0) || !std::isfinite(square)) {
    return {1, 0, 0, 0};
  }
  const double scale = 1 / std::sqrt(square);
  return {q[0] * scale, q[1] * scale, q[2] * scale, q[3] * scale};
}

/// First b, then a.
[[nodiscard]] inline Quaternion multiply(const Quaternion& a, const Quaternion& b) {
  return {a[0] * b[0] - a[1] * b[1] - a[2] * b[2] - a[3] * b[3],
          a[0] * b[1] + a[1] * b[0] + a[2] * b[3] - a[3] * b[2],
          a[0] * b[2] - a[1] * b[3] + a[2] * b[0] + a[3] * b[1],
          a[0] * b[3] + a[1] * b[2] - a[2] * b[1] + a[3] * b[0]};
}

[[nodiscard]] inline double dot(const Quaternion& a, const Quaternion& b) noexcept {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2] + a[3] * b[3];
}

/// Between unit quaternions along the shorter arc (Shoemake's slerp): `a` at 0, `b` at 1.
[[nodiscard]] inline Quaternion slerp(const Quaternion& a, const Quaternion& b, double t) {
  const double sign = dot(a, b) < 0 ? -1 : 1;
  const double cosine = sign * dot(a, b);
  double first = 1 - t, second = t;
  if (cosine < 0.99999) {
    const double angle = std::acos(std::min(1.0, cosine));
    first = std::sin((1 - t) * angle) / std::sin(angle);
    second = std::sin(t * angle) / std::sin(angle);
  }
  Quaternion between{};
  for (std::size_t i = 0; i < 4; ++i) {
    between[i] = first * a[i] + sign * second * b[i];
  }
  return normalised(between);
}

[[nodiscard]] inline Quaternion conjugate(const Quaternion& q) {
  return {q[0], -q[1], -q[2], -q[3]};
}

/// Of a unit quaternion.
[[nodiscard]] inline Matrix3 rotationMatrix(const Quaternion& q) {
  const double w = q[0], x = q[1], y = q[2], z = q[3];
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

[[nodiscard]] inline Vector3 cross(const Vector3& a, const Vector3& b) noexcept {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

[[nodiscard]] inline Vector3 rotated(const Matrix3& m, const Vector3& v) {
  return {m[0] * v[0] + m[1] * v[1] + m[2] * v[2], m[3] * v[0] + m[4] * v[1] + m[5] * v[2],
          m[6] * v[0] + m[7] * v[1] + m[8] * v[2]};
}

/// Of a rotation matrix: the largest of the four parts is taken first, so that it is safe near 180
/// degrees. The real part is not negative.
[[nodiscard]] inline Quaternion quaternionOf(const Matrix3& m) {
  const double trace = m[0] + m[4] + m[8];
  Quaternion q{};
  if (trace >= m[0] && trace >= m[4] && trace >= m[8]) {
    q = {1 + trace, m[7] - m[5], m[2] - m[6], m[3] - m[1]};
  } else if (m[0] >= m[4] && m[0] >= m[8]) {
    q = {m[7] - m[5], 1 + 2 * m[0] - trace, m[1] + m[3], m[2] + m[6]};
  } else if (m[4] >= m[8]) {
    q = {m[2] - m[6], m[1] + m[3], 1 + 2 * m[4] - trace, m[5] + m[7]};
  } else {
    q = {m[3] - m[1], m[2] + m[6], m[5] + m[7], 1 + 2 * m[8] - trace};
  }
  q = normalised(q);
  return q[0] < 0 ? Quaternion{-q[0], -q[1], -q[2], -q[3]} : q;
}

}  // namespace volpress
