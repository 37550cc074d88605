// Stand-ins for rounding, which has no gradient worth following.
#pragma once

#include <cmath>
#include <cstdint>

#include "compressors/learning/view_order.hpp"

namespace volpress::learning {

/// What is added in place of rounding where bits are counted: uniform in [-1/2, 1/2), a number of
/// its own for each element.
[[nodiscard]] inline float roundingNoise(std::uint64_t seed, std::uint64_t element) {
  const auto bits = static_cast<double>(mixSeed(seed, element) >> 40);
  return static_cast<float>(std::ldexp(bits, -24) - 0.5);
}

/// What is drawn: rounded to whole steps from `centre`. Its gradient counts as that of `value`
/// alone (straight-through).
[[nodiscard]] inline float roundedAround(float value, float centre) {
  return std::round(value - centre) + centre;
}

}  // namespace volpress::learning
