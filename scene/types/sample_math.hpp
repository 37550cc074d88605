// Small vectors, hashed random numbers and noise for the sample scene.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>

namespace volpress::sample {

/// World space of the sample scene: metres, x right, y down, z away from the first viewer.
struct Vec3 {
  float x = 0, y = 0, z = 0;
};

inline Vec3 operator+(Vec3 a, Vec3 b) { return {a.x + b.x, a.y + b.y, a.z + b.z}; }
inline Vec3 operator-(Vec3 a, Vec3 b) { return {a.x - b.x, a.y - b.y, a.z - b.z}; }
inline Vec3 operator*(Vec3 a, Vec3 b) { return {a.x * b.x, a.y * b.y, a.z * b.z}; }
inline Vec3 operator*(Vec3 a, float s) { return {a.x * s, a.y * s, a.z * s}; }
inline float dot(Vec3 a, Vec3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
inline Vec3 cross(Vec3 a, Vec3 b) {
  return {a.y * b.z - a.z * b.y, a.z * b.x - a.x * b.z, a.x * b.y - a.y * b.x};
}
inline float length(Vec3 a) { return std::sqrt(dot(a, a)); }
inline Vec3 normalized(Vec3 a) { return a * (1 / length(a)); }
inline Vec3 mix(Vec3 a, Vec3 b, float t) { return a * (1 - t) + b * t; }
inline float mix(float a, float b, float t) { return a * (1 - t) + b * t; }
/// 0 below `from`, 1 above `to`, smooth between; `from` may exceed `to`.
inline float ramp(float from, float to, float x) {
  const float t = std::fmin(std::fmax((x - from) / (to - from), 0.0F), 1.0F);
  return t * t * (3 - 2 * t);
}
inline float fraction(float x) { return x - std::floor(x); }

inline constexpr float kPi = 3.14159265F;
inline constexpr Vec3 kUp{0, -1, 0};

/// splitmix64: one step of a counter gives 64 good bits, so that splat i needs no splat before it.
[[nodiscard]] inline std::uint64_t hashBits(std::uint64_t x) {
  x += 0x9E3779B97F4A7C15U;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9U;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBU;
  return x ^ (x >> 31);
}

/// The random numbers of one splat.
class Random {
public:
  explicit Random(std::uint64_t seed) : m_state(seed) {}
  /// 0 <= u < 1
  float unit() {
    m_state = hashBits(m_state);
    return static_cast<float>(m_state >> 40) * 0x1p-24F;
  }
  float between(float low, float high) { return low + (high - low) * unit(); }
  /// Roughly normal with standard deviation 1.
  float normal() { return (unit() + unit() + unit() + unit() - 2) * 1.7320508F; }
  Vec3 direction() {
    const float z = between(-1, 1);
    const float angle = between(0, 2 * kPi);
    const float r = std::sqrt(1 - z * z);
    return {r * std::cos(angle), r * std::sin(angle), z};
  }

private:
  std::uint64_t m_state;
};

/// Smooth noise in 0..1 with features of unit size.
[[nodiscard]] float valueNoise(Vec3 p);
/// Octaves of it, in 0..1.
[[nodiscard]] float fractalNoise(Vec3 p, int octaves);

/// Two unit vectors that make a right-handed frame with a unit `normal`.
struct Tangents {
  Vec3 u, v;
};
[[nodiscard]] Tangents tangentsOf(Vec3 normal);

/// Point i of a low-discrepancy sequence in the unit square: even without a grid's lines.
struct Point2 {
  float u, v;
};
[[nodiscard]] Point2 evenPoint(std::size_t i);

}  // namespace volpress::sample
