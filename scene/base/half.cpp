#include "scene/base/half.hpp"

#include <bit>

namespace volpress {

float halfToFloat(std::uint16_t half) noexcept {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t exponent = half >> 10 & 0x1FU;
  const std::uint32_t mantissa = half & 0x3FFU;
  if (exponent == 31) {
    return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
  }
  if (exponent == 0) {
    // Denormal: mantissa * 2^-24, exact in binary32.
    const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
    return std::bit_cast<float>(sign | std::bit_cast<std::uint32_t>(magnitude));
  }
  return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
}

std::uint16_t floatToHalf(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const auto sign = static_cast<std::uint16_t>(bits >> 16 & 0x8000U);
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude > 0x7F800000U) {
    return static_cast<std::uint16_t>(sign | 0x7E00U);
  }
  if (magnitude >= 0x47800000U) {  // 65536 and more
    return static_cast<std::uint16_t>(sign | 0x7C00U);
  }
  std::uint32_t kept = 0;
  std::uint32_t rest = 0;
  std::uint32_t middle = 0;
  if (magnitude < 0x38800000U) {  // below 2^-14: a denormal or zero
    const std::uint32_t shift = 126 - (magnitude >> 23);
    if (shift > 24) {
      return sign;
    }
    const std::uint32_t mantissa = (magnitude & 0x7FFFFFU) | 0x800000U;
    kept = mantissa >> shift;
    rest = mantissa & ((1U << shift) - 1);
    middle = 1U << (shift - 1);
  } else {
    kept = (magnitude - 0x38000000U) >> 13;
    rest = magnitude & 0x1FFFU;
    middle = 0x1000U;
  }
  kept += rest > middle || (rest == middle && (kept & 1U) != 0) ? 1U : 0U;
  return static_cast<std::uint16_t>(sign | kept);
}

}  // namespace volpress
