// What predictions leave over, as bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "compressors/coding/value_coder.hpp"

namespace volpress::compressors::meshes {

/// How large a number is, as a context: 0 for 0, else its bits, at most `most`.
[[nodiscard]] inline std::uint32_t sizeClass(std::uint32_t magnitude, std::uint32_t most) noexcept {
  return std::min(static_cast<std::uint32_t>(std::bit_width(magnitude)), most);
}

/// The same in steps of half an octave.
[[nodiscard]] inline std::uint32_t fineClass(std::uint32_t magnitude, std::uint32_t most) noexcept {
  const auto bits = static_cast<std::uint32_t>(std::bit_width(magnitude));
  const std::uint32_t half = bits < 2 ? 0 : magnitude >> (bits - 2) & 1;
  return std::min(2 * bits + half, most);
}

/// Signed integers of |value| < 2^26, large as well as small: the number of bits one by one, the
/// sign, the two bits below the leading one, and the rest as it is.
template <std::size_t N>
class ResidualCoder {
public:
  using Contexts = typename coding::MixedBits<N>::Contexts;
  explicit ResidualCoder(const std::array<std::uint32_t, N>& sizes) : m_bits(kNodes, sizes) {}

  template <typename Side>
  [[nodiscard]] std::int32_t code(Side& side, const Contexts& contexts, std::int32_t wanted) {
    coding::SideForValue<Side> own(side);
    const auto row = m_bits.at(contexts);
    const auto bit = [&](std::size_t node, bool value) { return row.code(own.get(), node, value); };
    const auto magnitude = static_cast<std::uint32_t>(std::abs(wanted));
    const auto wantedBits = static_cast<unsigned>(std::bit_width(magnitude));
    unsigned bits = 0;
    while (bits < kMostBits && bit(kSlots * bits, wantedBits > bits)) {
      ++bits;
    }
    if (bits == 0) {
      return 0;
    }
    const bool negative = bit(kSign, wanted < 0);
    std::uint32_t value = 1;
    unsigned left = bits - 1;
    for (unsigned modelled = 0; modelled < 2 && left != 0; ++modelled) {
      --left;
      const std::size_t node = kSlots * bits + kMantissa + modelled + (value & modelled);
      value = value << 1 | (bit(node, (magnitude >> left & 1) != 0) ? 1U : 0U);
    }
    while (left != 0) {
      const unsigned part = std::min(left, 16U);
      left -= part;
      value = value << part | own.get().plain(magnitude >> left & ((1U << part) - 1), part);
    }
    return negative ? -static_cast<std::int32_t>(value) : static_cast<std::int32_t>(value);
  }

private:
  static constexpr unsigned kMostBits = 26;
  // What small numbers take lies together: for each number of bits whether there are more, then
  // the first bit below the leading one, then the second after a 0 and after a 1.
  static constexpr std::size_t kSlots = 4;
  static constexpr std::size_t kMantissa = 1;
  static constexpr std::size_t kSign = 1;  // no number of 0 bits has a mantissa
  static constexpr std::size_t kNodes = kSlots * (kMostBits + 1);
  coding::MixedBits<N> m_bits;
};

}  // namespace volpress::compressors::meshes
