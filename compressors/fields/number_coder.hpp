// Floating-point numbers as they are, entropy-coded: sign, exponent and the mantissa's first two
// bits with adaptive models, the rest of the mantissa plain (it is noise in what was learnt).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::fields {

/// How a number's bits are laid out, and with which others it shares its models.
struct NumberLayout {
  unsigned exponentBits = 5;  ///< 5 and 10: binary16; 8 and 23: binary32
  unsigned mantissaBits = 10;
  std::size_t channels = 1;  ///< number i belongs to channel i % channels
};
[[nodiscard]] inline NumberLayout layoutOf(bool half, std::size_t channels) {
  return half ? NumberLayout{5, 10, channels} : NumberLayout{8, 23, channels};
}

/// Bit patterns of numbers, any of them (NaN, -0, denormals): exact.
[[nodiscard]] Bytes encodeNumbers(std::span<const std::uint32_t> patterns,
                                  const NumberLayout& layout);
/// The caller must have justified `count`. CorruptData unless the stream ends with the last one.
[[nodiscard]] Result<std::vector<std::uint32_t>> decodeNumbers(ByteView stream, std::size_t count,
                                                               const NumberLayout& layout);

/// The patterns of floats, as binary16 (which must be exact) or binary32; and back.
[[nodiscard]] std::vector<std::uint32_t> patternsOf(std::span<const float> values, bool half);
void fromPatterns(std::span<const std::uint32_t> patterns, bool half, std::span<float> values);

}  // namespace volpress::fields
