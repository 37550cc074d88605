// Half-precision floats as files store them.
#pragma once

#include <cmath>
#include <cstdint>
#include <limits>

namespace volpress::formats {

/// The value of an IEEE 754 binary16, infinities and NaN included.
[[nodiscard]] inline float halfToFloat(std::uint16_t half) noexcept {
  const int exponent = half >> 10 & 0x1F;
  const int fraction = half & 0x3FF;
  float value = 0;
  if (exponent == 0x1F) {
    value = fraction == 0 ? std::numeric_limits<float>::infinity()
                          : std::numeric_limits<float>::quiet_NaN();
  } else if (exponent == 0) {
    value = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    value = std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
  }
  return (half & 0x8000) != 0 ? -value : value;
}

}  // namespace volpress::formats
