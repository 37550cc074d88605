#include "compressors/mesongs/euler_angles.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <numbers>

namespace volpress::compressors::mesongs {
namespace {

/// Squared cosine of the pitch below which roll and yaw can no longer be told apart.
constexpr double kLocked = 1e-14;

/// Fixed point: values of 1 are 2^30.
constexpr unsigned kFraction = 30;
constexpr std::int64_t kOne = std::int64_t{1} << kFraction;

constexpr std::int64_t multiply(std::int64_t a, std::int64_t b) {
  return (a * b + (kOne >> 1)) >> kFraction;
}

struct SineCosine {
  std::int64_t sine;
  std::int64_t cosine;
};

/// Of half the angle, in fixed point.
SineCosine ofHalf(float angle) {
  // The angle in 2^-28 radians times 2^32 / (4 pi) is the half angle in 2^-60 turns.
  const float bounded = std::clamp(angle, -kMaxAngle, kMaxAngle);
  const auto fixed = static_cast<std::int64_t>(std::llround(static_cast<double>(bounded) * 0x1p28));
  constexpr std::int64_t kTurns = 341782638;
  const std::int64_t phase = fixed * kTurns;
  // The nearest quarter turn, and what is left of it, at most an eighth, in radians.
  const std::int64_t quarter = (phase + (std::int64_t{1} << 57)) >> 58;
  const std::int64_t left = phase - quarter * (std::int64_t{1} << 58);
  constexpr std::int64_t kQuarterPi = 843314857;  // in 2^-30
  const std::int64_t x = multiply(left >> 27, kQuarterPi);
  const std::int64_t square = multiply(x, x);
  const auto series = [&](std::int64_t first, std::int64_t last) {
    // 1 - x^2 / (a (a+1)) (1 - x^2 / ((a+2) (a+3)) (...)), from the innermost out.
    std::int64_t sum = kOne;
    for (std::int64_t a = last; a >= first; a -= 2) {
      sum = kOne - multiply(square, sum) / (a * (a + 1));
    }
    return sum;
  };
  const std::int64_t sine = multiply(x, series(2, 10));
  const std::int64_t cosine = series(1, 11);
  switch (quarter & 3) {
    case 0: return {sine, cosine};
    case 1: return {cosine, -sine};
    case 2: return {-sine, -cosine};
    default: return {-cosine, sine};
  }
}

}  // namespace

EulerAngles eulerFromQuaternion(const float* wxyz) {
  std::array<double, 4> q{};
  double norm = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    q[i] = static_cast<double>(wxyz[i]);
    norm += q[i] * q[i];
  }
  for (double& component : q) {
    component /= std::sqrt(norm);
  }
  const auto [w, x, y, z] = q;
  const double sine = 2 * (w * y - x * z);
  EulerAngles angles;
  angles.pitch =
      2 * std::atan2(std::sqrt(std::max(0.0, 1 + sine)), std::sqrt(std::max(0.0, 1 - sine))) -
      std::numbers::pi / 2;
  const double rollSine = 2 * (w * x + y * z);
  const double rollCosine = 1 - 2 * (x * x + y * y);
  if (rollSine * rollSine + rollCosine * rollCosine < kLocked) {
    angles.yaw = 2 * std::atan2(z, w);
    if (angles.yaw > std::numbers::pi) {
      angles.yaw -= 2 * std::numbers::pi;
    } else if (angles.yaw < -std::numbers::pi) {
      angles.yaw += 2 * std::numbers::pi;
    }
    return angles;
  }
  angles.roll = std::atan2(rollSine, rollCosine);
  angles.yaw = std::atan2(2 * (w * z + x * y), 1 - 2 * (y * y + z * z));
  return angles;
}

std::array<float, 4> quaternionFromEuler(float roll, float pitch, float yaw) {
  const SineCosine r = ofHalf(roll);
  const SineCosine p = ofHalf(pitch);
  const SineCosine y = ofHalf(yaw);
  const std::int64_t cosines = multiply(p.cosine, y.cosine);
  const std::int64_t sines = multiply(p.sine, y.sine);
  const std::int64_t sineCosine = multiply(p.sine, y.cosine);
  const std::int64_t cosineSine = multiply(p.cosine, y.sine);
  const std::array<std::int64_t, 4> wxyz{
      multiply(r.cosine, cosines) + multiply(r.sine, sines),
      multiply(r.sine, cosines) - multiply(r.cosine, sines),
      multiply(r.cosine, sineCosine) + multiply(r.sine, cosineSine),
      multiply(r.cosine, cosineSine) - multiply(r.sine, sineCosine)};
  std::array<float, 4> result{};
  for (std::size_t i = 0; i < 4; ++i) {
    result[i] = static_cast<float>(static_cast<double>(wxyz[i]) * 0x1p-30);
  }
  return result;
}

}  // namespace volpress::compressors::mesongs
