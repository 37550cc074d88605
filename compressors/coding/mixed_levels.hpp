// Signed integers around zero as one mixed symbol each.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstdlib>

#include "compressors/coding/range_coder.hpp"
#include "compressors/coding/rans_sides.hpp"
#include "compressors/coding/symbol_mixer.hpp"
#include "compressors/coding/value_coder.hpp"

namespace volpress::coding {

/// A value is a symbol for value / 2^shift to the nearest, if that is within -7..7, and `shift`
/// plain bits. The caller's shift makes most symbols small where large values are expected. Symbol
/// 15 stands for all others: its sign, a symbol for 8..22, and Exp-Golomb with modelled prefix
/// beyond.
template <std::size_t N>
class MixedLevels {
public:
  using Contexts = typename MixedSymbols<N>::Contexts;
  static constexpr unsigned kMaxShift = 16;
  /// |value| stays below this whatever the bits; what is coded must be below a half of it.
  static constexpr std::int32_t kLimit = 1 << 28;

  MixedLevels(const std::array<std::uint32_t, N>& sizes, std::size_t weightSets)
      : m_symbols(sizes, weightSets) {}

  /// Writes `wanted` and returns it, or ignores it and returns what is read.
  template <typename Side>
  [[nodiscard]] std::int32_t code(Side& side, const Contexts& contexts, std::size_t weightSet,
                                  unsigned shift, std::int32_t wanted) {
    SideForValue<Side> value(side);
    const std::int32_t half = (1 << shift) >> 1;
    const std::int32_t rounded = (wanted + half) >> shift;
    const unsigned wantedSymbol =
        std::abs(rounded) <= kMost ? static_cast<unsigned>(rounded + kMost) : kEscape;
    const unsigned symbol = m_symbols.code(value.get(), contexts, weightSet, wantedSymbol);
    std::int32_t high = static_cast<std::int32_t>(symbol) - kMost;
    if (symbol == kEscape) {
      high = codeFar(value.get(), rounded);
    }
    if (shift == 0) {
      return high;
    }
    const std::uint32_t low =
        value.get().plain(static_cast<std::uint32_t>(wanted + half) & ((1U << shift) - 1), shift);
    return static_cast<std::int32_t>(std::clamp<std::int64_t>(
        (std::int64_t{high} << shift) + low - half, -(kLimit - 1), kLimit - 1));
  }

private:
  template <typename Side>
  std::int32_t codeFar(Side& side, std::int32_t wanted) {
    const bool negative = codeBit(side, m_negative, wanted < 0);
    const auto beyond = static_cast<std::uint32_t>(std::max(std::abs(wanted) - kMost - 1, 0));
    const unsigned near = m_far.code(side, {0}, 0, std::min(beyond, kEscape));
    if (near != kEscape) {
      const std::int32_t size = static_cast<std::int32_t>(near) + kMost + 1;
      return negative ? -size : size;
    }
    const std::uint32_t rest = std::max(beyond, kEscape) - kEscape + 1;
    const auto wantedBits = static_cast<unsigned>(std::bit_width(rest)) - 1;
    unsigned bits = 0;
    while (bits < kMaxTail && codeBit(side, m_prefix[bits], wantedBits > bits)) {
      ++bits;
    }
    std::uint32_t value = 1;
    for (unsigned left = bits; left != 0;) {
      const unsigned part = std::min(left, 16U);
      left -= part;
      value = value << part | side.plain(rest >> left & ((1U << part) - 1), part);
    }
    const std::int32_t size = static_cast<std::int32_t>(value + kEscape) + kMost;
    return negative ? -size : size;
  }

  template <typename Side>
  static bool codeBit(Side& side, BitModel& model, bool wanted) {
    const bool bit = side.bit(model.zeroProbability(), wanted);
    model.update(bit);
    return bit;
  }

  static constexpr std::int32_t kMost = 7;
  static constexpr unsigned kEscape = 15;
  static constexpr unsigned kMaxTail = 26;
  MixedSymbols<N> m_symbols;
  MixedSymbols<1> m_far{{1}, 1};
  BitModel m_negative;
  std::array<BitModel, kMaxTail> m_prefix;
};

}  // namespace volpress::coding
