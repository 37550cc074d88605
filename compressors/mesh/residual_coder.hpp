// What predictions leave over, as bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <type_traits>
#include <vector>

#include "compressors/coding/rans_sides.hpp"
#include "compressors/coding/symbol_mixer.hpp"
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

/// Towards zero; nearly always of numbers that fit 32 bits, whose division takes half the time.
/// `b` fits.
[[nodiscard]] inline std::int64_t quotient(std::int64_t a, std::int64_t b) noexcept {
  const auto narrow = static_cast<std::int32_t>(a);
  return narrow == a ? narrow / static_cast<std::int32_t>(b) : a / b;
}

/// The sides of version 3: rANS streams too, in which fewer steps tell a number.
struct JoinedWriteSide : coding::RansWriteSide {};
struct JoinedReadSide : coding::RansReadSide {
  using coding::RansReadSide::RansReadSide;
};
template <typename Side>
inline constexpr bool kIsJoined =
    std::is_same_v<Side, JoinedWriteSide> || std::is_same_v<Side, JoinedReadSide>;
/// Whether a side's streams are rANS: version 2 of the format, which is only read, or 3.
template <typename Side>
inline constexpr bool kIsRans = std::is_same_v<Side, coding::RansReadSide> || kIsJoined<Side>;

/// Bits with a probability for each context, nothing mixed: what the reading of rANS streams is
/// quick with.
class QuickBits {
public:
  explicit QuickBits(std::size_t contexts) : m_predictions(contexts) {}

  template <typename Side>
  [[nodiscard]] bool code(Side& side, std::size_t context, bool wanted) {
    coding::Prediction& prediction = m_predictions[context];
    const bool bit =
        side.bit(std::clamp<std::uint32_t>(prediction.zero, kLeast, 65536 - kLeast), wanted);
    prediction.update(bit, coding::Prediction::kMaxLimit);
    return bit;
  }

private:
  static constexpr std::uint32_t kLeast = 64;
  std::vector<coding::Prediction> m_predictions;
};

/// What else is known of a number.
struct ResidualHints {
  std::uint32_t sign = 0;     ///< context of the sign, below 3; 0 where nothing foretells it
  std::uint32_t weights = 0;  ///< which set of weights mixes the contexts
};

/// `value` with the `left` low bits of a magnitude behind it, without a model.
template <typename Side>
[[nodiscard]] std::uint32_t plainBits(Side& side, std::uint32_t value, std::uint32_t magnitude,
                                      unsigned left) {
  while (left != 0) {
    const unsigned part = std::min(left, 16U);
    left -= part;
    value = value << part | side.plain(magnitude >> left & ((1U << part) - 1), part);
  }
  return value;
}

/// Signed integers of |value| < 2^26, large as well as small: the number of bits one by one, the
/// sign, the two bits below the leading one, and the rest as it is.
template <std::size_t N>
class ResidualCoder {
public:
  using Contexts = typename coding::MixedBits<N>::Contexts;
  explicit ResidualCoder(const std::array<std::uint32_t, N>& sizes) : m_bits(kNodes, sizes) {}

  template <typename Side>
  [[nodiscard]] std::int32_t code(Side& side, const Contexts& contexts, std::int32_t wanted,
                                  const ResidualHints& /*hints*/ = {}) {
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
    value = plainBits(own.get(), value, magnitude, left);
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

/// The same numbers, faster, for rANS streams: one mixed symbol for the size, the sign, one bit
/// with a model and the rest as it is. Joined, a sign that nothing foretells is one step with the
/// rest, and so are all bits of small numbers: steps cost time, and these models save next to
/// nothing.
template <std::size_t N, bool kJoined>
class SymbolResidualCoder {
public:
  using Contexts = typename coding::MixedSymbols<N>::Contexts;
  static constexpr std::size_t kWeightSets = 32;
  explicit SymbolResidualCoder(const std::array<std::uint32_t, N>& sizes)
      : m_classes(sizes, kWeightSets) {}

  template <typename Side>
  [[nodiscard]] std::int32_t code(Side& side, const Contexts& contexts, std::int32_t wanted,
                                  const ResidualHints& hints = {}) {
    coding::SideForValue<Side> own(side);
    const auto magnitude = static_cast<std::uint32_t>(std::abs(wanted));
    const unsigned found =
        m_classes.code(own.get(), contexts, hints.weights, Side::kWrites ? classOf(magnitude) : 0);
    if (found == 0) {
      return 0;
    }
    std::uint32_t sign = wanted < 0 ? 1U : 0U;
    const auto codeSign = [&] {
      const std::size_t context = hints.sign * 4 + std::min(found, 3U);
      sign = m_signs.code(own.get(), context, sign != 0) ? 1U : 0U;
    };
    if constexpr (!kJoined) {
      codeSign();
    }
    unsigned left = kPlainBits[found];
    std::uint32_t value = kFirst[found] >> left;
    if (found == kLast) {
      left += own.get().plain(static_cast<std::uint32_t>(std::bit_width(magnitude)) - kLastBits, 4);
    }
    if (left > (kJoined ? kMostJoined : 0)) {
      --left;
      value =
          value << 1 | (m_seconds.code(own.get(), found, (magnitude >> left & 1) != 0) ? 1U : 0U);
    }
    if constexpr (kJoined) {
      for (; left > kMostAtOnce; --left) {
        value = value << 1 | own.get().plain(magnitude >> (left - 1) & 1, 1);
      }
      const std::uint32_t rest = magnitude & ((1U << left) - 1);
      if (hints.sign != 0) {
        codeSign();
        value = value << left | own.get().plain(rest, left);
      } else {
        const std::uint32_t both = own.get().plain(rest << 1 | sign, left + 1);
        value = value << left | both >> 1;
        sign = both & 1;
      }
    } else {
      value = plainBits(own.get(), value, magnitude, left);
    }
    return static_cast<std::int32_t>((value ^ (0U - sign)) + sign);
  }

private:
  static constexpr unsigned kMostJoined = 3;   ///< bits below what the class tells
  static constexpr unsigned kMostAtOnce = 15;  ///< with a sign a step's 16 bits
  /// The least magnitude of each class, and the bits below what the class tells.
  static constexpr std::array<std::uint32_t, coding::kMixedSymbols> kFirst{
      0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512, 1024};
  static constexpr std::array<std::uint8_t, coding::kMixedSymbols> kPlainBits{
      0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 5, 6, 7, 8, 9, 10};
  static constexpr unsigned kLast = coding::kMixedSymbols - 1;
  static constexpr unsigned kLastBits = 11;  ///< of the last class, or more

  static unsigned classOf(std::uint32_t magnitude) {
    return static_cast<unsigned>(std::upper_bound(kFirst.begin(), kFirst.end(), magnitude) -
                                 kFirst.begin()) -
           1;
  }

  coding::MixedSymbols<N> m_classes;
  QuickBits m_signs{12};
  QuickBits m_seconds{coding::kMixedSymbols};
};

/// Residuals of a side's streams.
template <typename Side, std::size_t N>
using ResidualsOf =
    std::conditional_t<kIsRans<Side>, SymbolResidualCoder<N, kIsJoined<Side>>, ResidualCoder<N>>;

}  // namespace volpress::compressors::meshes
