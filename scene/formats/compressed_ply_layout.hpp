// The packed words of the compressed PLY and the bounds that they are relative to.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

namespace volpress::formats {

inline constexpr std::size_t kChunkSplats = 256;

/// Bounds of one attribute in a chunk, per axis or channel.
struct ChunkRange {
  std::array<float, 3> min{};
  std::array<float, 3> max{};
};

/// As stored: 18 floats, or 12 in older files, whose colours are plain 0..1.
struct ChunkBounds {
  ChunkRange position;
  ChunkRange logScale;
  ChunkRange colour{{0, 0, 0}, {1, 1, 1}};
};

/// One splat's words.
struct PackedSplat {
  std::uint32_t position = 0;  ///< x 11 bits from the top, y 10, z 11
  std::uint32_t rotation = 0;  ///< index of the largest part 2 bits, then the others 10 bits each
  std::uint32_t scale = 0;     ///< as position
  std::uint32_t colour = 0;    ///< R, G, B and opacity from the top byte down
};
static_assert(sizeof(PackedSplat) == 16);

[[nodiscard]] inline float unpackUnorm(std::uint32_t word, unsigned shift, unsigned bits) noexcept {
  const std::uint32_t mask = (1U << bits) - 1;
  return static_cast<float>((word >> shift) & mask) / static_cast<float>(mask);
}

/// The nearest step of `bits` bits to a value, clamped to 0..1.
[[nodiscard]] inline std::uint32_t packUnorm(float value, unsigned bits) noexcept {
  const float top = static_cast<float>((1U << bits) - 1);
  return static_cast<std::uint32_t>(std::clamp(std::floor(value * top + 0.5F), 0.0F, top));
}

/// Where in [min, max] a value lies, 0..1; 0 in a range too flat to divide by.
[[nodiscard]] inline float relativeTo(float value, float min, float max) noexcept {
  // In double: float bounds of opposite sign may lie further apart than a float can say.
  const double width = static_cast<double>(max) - static_cast<double>(min);
  return width < 1e-5
             ? 0.0F
             : static_cast<float>((static_cast<double>(value) - static_cast<double>(min)) / width);
}

[[nodiscard]] inline float between(float min, float max, float at) noexcept {
  return min * (1 - at) + max * at;
}

[[nodiscard]] inline std::array<float, 3> unpackPoint(std::uint32_t word,
                                                      const ChunkRange& range) noexcept {
  return {between(range.min[0], range.max[0], unpackUnorm(word, 21, 11)),
          between(range.min[1], range.max[1], unpackUnorm(word, 11, 10)),
          between(range.min[2], range.max[2], unpackUnorm(word, 0, 11))};
}

[[nodiscard]] inline std::uint32_t packPoint(const std::array<float, 3>& point,
                                             const ChunkRange& range) noexcept {
  return packUnorm(relativeTo(point[0], range.min[0], range.max[0]), 11) << 21 |
         packUnorm(relativeTo(point[1], range.min[1], range.max[1]), 10) << 11 |
         packUnorm(relativeTo(point[2], range.min[2], range.max[2]), 11);
}

/// The unit quaternion (w,x,y,z) of a word; its largest part is positive.
[[nodiscard]] inline std::array<float, 4> unpackRotation(std::uint32_t word) noexcept {
  constexpr float kSqrt2 = 1.41421356F;
  const std::size_t largest = word >> 30;
  std::array<float, 4> q{};
  float sum = 0;
  unsigned shift = 20;
  for (std::size_t c = 0; c < 4; ++c) {
    if (c != largest) {
      q[c] = (unpackUnorm(word, shift, 10) - 0.5F) * kSqrt2;
      sum += q[c] * q[c];
      shift -= 10;
    }
  }
  q[largest] = std::sqrt(std::max(0.0F, 1 - sum));
  return q;
}

/// The word of a quaternion (w,x,y,z) of any length but zero.
[[nodiscard]] inline std::uint32_t packRotation(const float* rotation) noexcept {
  constexpr double kHalfSqrt2 = 0.70710678118654752;
  std::array<double, 4> q{};
  double length2 = 0;
  std::size_t largest = 0;
  for (std::size_t c = 0; c < 4; ++c) {
    q[c] = static_cast<double>(rotation[c]);
    length2 += q[c] * q[c];
    largest = std::abs(q[c]) > std::abs(q[largest]) ? c : largest;
  }
  const double factor = (q[largest] < 0 ? -1 : 1) / std::sqrt(length2);
  std::uint32_t word = static_cast<std::uint32_t>(largest);
  for (std::size_t c = 0; c < 4; ++c) {
    if (c != largest) {
      word = word << 10 | packUnorm(static_cast<float>(q[c] * factor * kHalfSqrt2 + 0.5), 10);
    }
  }
  return word;
}

/// SH coefficients take a byte over [-4, 4).
[[nodiscard]] inline std::uint8_t packSh(float value) noexcept {
  const double steps = (static_cast<double>(value) / 8 + 0.5) * 256;
  return static_cast<std::uint8_t>(std::clamp(std::trunc(steps), 0.0, 255.0));
}

[[nodiscard]] inline float unpackSh(std::uint8_t byte) noexcept {
  if (byte == 0 || byte == 255) {
    return byte == 0 ? -4.0F : 4.0F;
  }
  return ((static_cast<float>(byte) + 0.5F) / 256 - 0.5F) * 8;
}

}  // namespace volpress::formats
