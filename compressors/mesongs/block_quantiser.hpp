// Block-wise affine quantisation (paper section 3.3): a column is cut into blocks of equal length,
// each with a step of its own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace volpress::compressors::mesongs {

/// value = step * symbol, symbol in low .. high. Zero is always a value.
struct Block {
  float step = 1;  ///< > 0
  std::int32_t low = -kMaxSymbol;
  std::int32_t high = kMaxSymbol;

  static constexpr std::int32_t kMaxSymbol = 1 << 20;

  /// Nearest, halves away from zero; what lies within `deadZone` steps of zero becomes zero.
  [[nodiscard]] std::int32_t quantise(float value, double deadZone = 0.5) const noexcept {
    const double scaled = static_cast<double>(value) / static_cast<double>(step);
    return std::abs(scaled) < deadZone
               ? 0
               : static_cast<std::int32_t>(std::round(
                     std::clamp(scaled, static_cast<double>(low), static_cast<double>(high))));
  }
  /// Exact in double, rounded once: the same on every machine.
  [[nodiscard]] float value(std::int32_t symbol) const noexcept {
    return static_cast<float>(static_cast<double>(step) * static_cast<double>(symbol));
  }
};

/// The affine 8-bit quantiser of the released code for these values (finite): the range with 0 in
/// it over 255 steps; high - low = 255.
[[nodiscard]] Block eightBitBlock(std::span<const float> values);

/// Steps of the packed layout are quarter powers of two: 2^(level / 4),
/// kMinStepLevel..kMaxStepLevel.
[[nodiscard]] Block blockOfStep(std::int32_t level);
inline constexpr std::int32_t kMinStepLevel = -80;
inline constexpr std::int32_t kMaxStepLevel = 80;

/// Where block `index` of `blocks` starts in a column of `length`: the first length mod blocks are
/// one longer. `index` may be `blocks`: the end.
[[nodiscard]] inline std::size_t blockStart(std::size_t length, std::size_t blocks,
                                            std::size_t index) noexcept {
  return length / blocks * index + std::min(length % blocks, index);
}

}  // namespace volpress::compressors::mesongs
