// IEEE 754 binary16.
#pragma once

#include <cstdint>

namespace volpress {

/// Exact; infinities and NaN stay what they are.
[[nodiscard]] float halfToFloat(std::uint16_t half) noexcept;
/// The nearest half, ties to even; beyond the largest it is an infinity, NaN stays NaN.
[[nodiscard]] std::uint16_t floatToHalf(float value) noexcept;

}  // namespace volpress
