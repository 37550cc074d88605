// Half-precision floats as files store them.
#pragma once

#include <bit>
#include <cstdint>

namespace volpress {

/// IEEE binary16 of a float: nearest, ties to even; overflow to infinity; a NaN stays a NaN.
[[nodiscard]] inline std::uint16_t halfFromFloat(float value) noexcept {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t sign = bits >> 16 & 0x8000U;
  const std::uint32_t magnitude = bits & 0x7FFFFFFFU;
  if (magnitude >= 0x7F800000U) {
    const std::uint32_t payload = magnitude > 0x7F800000U ? 0x200U | (magnitude >> 13 & 0x1FFU) : 0;
    return static_cast<std::uint16_t>(sign | 0x7C00U | payload);
  }
  if (magnitude >= 0x477FF000U) {  // 65520 and more round to infinity
    return static_cast<std::uint16_t>(sign | 0x7C00U);
  }
  // Normal halves keep 10 mantissa bits; below 2^-14 the unit in the last place stays 2^-24.
  std::uint32_t mantissa = magnitude;
  std::uint32_t base = 112U << 23;
  unsigned drop = 13;
  if (magnitude < 0x38800000U) {
    if (magnitude < 0x33000000U) {  // less than half the smallest subnormal
      return static_cast<std::uint16_t>(sign);
    }
    drop = 126 - (magnitude >> 23);
    mantissa = (magnitude & 0x7FFFFFU) | 0x800000U;
    base = 0;
  }
  const std::uint32_t even = mantissa >> drop & 1U;
  const std::uint32_t rounded = (mantissa - base + (1U << (drop - 1)) - 1 + even) >> drop;
  return static_cast<std::uint16_t>(sign | rounded);
}

/// The float of an IEEE binary16; exact.
[[nodiscard]] inline float floatFromHalf(std::uint16_t half) noexcept {
  const std::uint32_t sign = static_cast<std::uint32_t>(half & 0x8000U) << 16;
  const std::uint32_t exponent = half >> 10 & 0x1FU;
  const std::uint32_t mantissa = half & 0x3FFU;
  if (exponent == 0x1F) {
    return std::bit_cast<float>(sign | 0x7F800000U | mantissa << 13);
  }
  if (exponent != 0) {
    return std::bit_cast<float>(sign | (exponent + 112) << 23 | mantissa << 13);
  }
  const float magnitude = static_cast<float>(mantissa) * 0x1p-24F;
  return sign != 0 ? -magnitude : magnitude;
}

}  // namespace volpress
