// Rotations as Euler angles (paper section 3.3): three numbers that a transform may smooth.
#pragma once

#include <array>

namespace volpress::compressors::mesongs {

/// R = Rz(yaw) Ry(pitch) Rx(roll), radians.
struct EulerAngles {
  double roll = 0;   ///< -pi .. pi
  double pitch = 0;  ///< -pi/2 .. pi/2
  double yaw = 0;    ///< -pi .. pi
};

/// Of a quaternion w,x,y,z of any length but zero. Where pitch is +-90 degrees only the sum or the
/// difference of the others counts, and roll is 0.
[[nodiscard]] EulerAngles eulerFromQuaternion(const float* wxyz);

/// The unit quaternion w,x,y,z of angles in radians (finite; cut to +-kMaxAngle). In integers, so
/// that every machine rebuilds the same bits; within 1e-7 of the exact one.
[[nodiscard]] std::array<float, 4> quaternionFromEuler(float roll, float pitch, float yaw);
inline constexpr float kMaxAngle = 60.0F;

}  // namespace volpress::compressors::mesongs
