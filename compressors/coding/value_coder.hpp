// Integers coded by adaptive binary decisions, each predicted by mixing what several contexts say.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "compressors/coding/context_mixer.hpp"
#include "compressors/coding/range_coder.hpp"

namespace volpress::coding {

/// One face for writing and reading, so that a format is described by one function: `bit` and
/// `plain` take the value to write and return it, or ignore it and return what was read.
class BitWriteSide {
public:
  static constexpr bool kWrites = true;
  [[nodiscard]] bool bit(std::uint32_t zero, bool wanted) {
    m_encoder.encode(zero, wanted);
    return wanted;
  }
  /// `count` (0..16) bits without a model.
  [[nodiscard]] std::uint32_t plain(std::uint32_t wanted, unsigned count) {
    m_encoder.encodeBits(wanted, count);
    return wanted;
  }
  [[nodiscard]] bool overran() const noexcept { return false; }
  [[nodiscard]] Bytes finish() { return m_encoder.finish(); }

private:
  RangeEncoder m_encoder;
};

class BitReadSide {
public:
  static constexpr bool kWrites = false;
  explicit BitReadSide(ByteView stream) noexcept : m_decoder(stream) {}
  [[nodiscard]] bool bit(std::uint32_t zero, bool /*wanted*/) noexcept {
    return m_decoder.decode(zero);
  }
  [[nodiscard]] std::uint32_t plain(std::uint32_t /*wanted*/, unsigned count) noexcept {
    return m_decoder.decodeBits(count);
  }
  [[nodiscard]] bool overran() const noexcept { return m_decoder.overran(); }
  [[nodiscard]] bool atEnd() const noexcept { return m_decoder.atEnd(); }

private:
  RangeDecoder m_decoder;
};

/// A side for the bits of one value. A reading one is copied and put back at the end, so that what
/// the decoder is at stays in registers while models are stored.
template <typename Side>
class SideForValue {
public:
  explicit SideForValue(Side& side) noexcept : m_side(side), m_own(side) {}
  SideForValue(const SideForValue&) = delete;
  SideForValue& operator=(const SideForValue&) = delete;
  ~SideForValue() {
    if constexpr (kIsCopy) {
      m_side = m_own;
    }
  }
  [[nodiscard]] auto& get() noexcept { return m_own; }

private:
  static constexpr bool kIsCopy = std::is_trivially_copyable_v<Side>;
  Side& m_side;
  std::conditional_t<kIsCopy, Side, Side&> m_own;
};

/// What an event costs in bits, given its probability in 1/65536.
class BitCosts {
public:
  [[nodiscard]] static double of(std::uint32_t probability) {
    static const std::vector<double> kCosts = [] {
      std::vector<double> costs(kSize + 1);
      for (std::size_t i = 0; i < costs.size(); ++i) {
        costs[i] = -std::log2((static_cast<double>(i) + (i == 0 ? 0.25 : 0.0)) / kSize);
      }
      return costs;
    }();
    return kCosts[probability >> 4];
  }

private:
  static constexpr std::size_t kSize = 4096;
};

/// Binary decisions of one kind of value: `nodes` of them, each with a prediction for every context
/// of each of N inputs, and a mixer.
template <std::size_t N>
class MixedBits {
public:
  using Contexts = std::array<std::uint32_t, N>;

  /// `sizes`: how many contexts each input has.
  MixedBits(std::size_t nodes, const std::array<std::uint32_t, N>& sizes)
      : m_nodes(nodes), m_mixers(nodes) {
    for (std::size_t i = 0; i < N; ++i) {
      m_predictions[i].resize(sizes[i] * nodes);
    }
  }

  /// The nodes under one set of contexts, for the several decisions that a value takes.
  class Row {
  public:
    template <typename Side>
    [[nodiscard]] bool code(Side& side, std::size_t node, bool wanted) const {
      std::array<std::int32_t, N> odds;
      for (std::size_t i = 0; i < N; ++i) {
        odds[i] = LogOdds::of(m_inputs[i][node].zero);
      }
      const std::uint32_t mixed = m_mixers[node].mix(odds);
      const bool bit = side.bit(mixed, wanted);
      m_mixers[node].update(odds, mixed, bit);
      for (std::size_t i = 0; i < N; ++i) {
        m_inputs[i][node].update(bit, kWindow);
      }
      return bit;
    }

  private:
    friend class MixedBits;
    std::array<Prediction*, N> m_inputs;  ///< node 0 of each
    Mixer<N>* m_mixers = nullptr;
  };
  [[nodiscard]] Row at(const Contexts& contexts) {
    Row row;
    for (std::size_t i = 0; i < N; ++i) {
      row.m_inputs[i] = &m_predictions[i][contexts[i] * m_nodes];
    }
    row.m_mixers = m_mixers.data();
    return row;
  }

  template <typename Side>
  [[nodiscard]] bool code(Side& side, std::size_t node, const Contexts& contexts, bool wanted) {
    return at(contexts).code(side, node, wanted);
  }

  /// The mixed probability of 0, in 1/65536, that `code` would use; nothing is learnt.
  [[nodiscard]] std::uint32_t zeroProbability(std::size_t node, const Contexts& contexts) const {
    std::array<std::int32_t, N> odds;
    for (std::size_t i = 0; i < N; ++i) {
      odds[i] = LogOdds::of(m_predictions[i][contexts[i] * m_nodes + node].zero);
    }
    return m_mixers[node].mix(odds);
  }

private:
  static constexpr unsigned kWindow = 180;
  std::size_t m_nodes;
  std::array<std::vector<Prediction>, N> m_predictions;
  std::vector<Mixer<N>> m_mixers;
};

/// Signed integers around zero: is it zero, its sign, its magnitude one by one up to kUnary, then
/// Exp-Golomb with modelled prefix. |value| stays below 2^28 whatever the bits.
template <std::size_t N>
class ValueCoder {
public:
  using Contexts = typename MixedBits<N>::Contexts;
  explicit ValueCoder(const std::array<std::uint32_t, N>& sizes) : m_bits(kNodes, sizes) {}

  template <typename Side>
  [[nodiscard]] std::int32_t code(Side& side, const Contexts& contexts, std::int32_t wanted) {
    SideForValue<Side> value(side);
    const auto row = m_bits.at(contexts);
    return walk([&](std::size_t node, bool bit) { return row.code(value.get(), node, bit); },
                [&](std::uint32_t bits, unsigned count) { return value.get().plain(bits, count); },
                wanted);
  }

  /// The bits that `code` would write now, of any |value| < 2^27; nothing is learnt.
  [[nodiscard]] double cost(const Contexts& contexts, std::int32_t value) const {
    double sum = 0;
    (void)walk(
        [&](std::size_t node, bool bit) {
          const std::uint32_t zero = m_bits.zeroProbability(node, contexts);
          sum += BitCosts::of(bit ? 65536 - zero : zero);
          return bit;
        },
        [&](std::uint32_t bits, unsigned count) {
          sum += count;
          return bits;
        },
        value);
    return sum;
  }

private:
  /// Takes a value's decisions one by one: `bit(node, wanted)` with a model, `plain(wanted, count)`
  /// without.
  template <typename Bit, typename Plain>
  [[nodiscard]] static std::int32_t walk(const Bit& bit, const Plain& plain, std::int32_t wanted) {
    if (!bit(0, wanted != 0)) {
      return 0;
    }
    const bool negative = bit(1, wanted < 0);
    const auto magnitude = static_cast<std::uint32_t>(negative ? -wanted : wanted);
    std::uint32_t coded = 1;
    while (coded <= kUnary && bit(1 + coded, magnitude > coded)) {
      ++coded;
    }
    if (coded > kUnary) {
      coded += walkTail(bit, plain, magnitude - coded);
    }
    return negative ? -static_cast<std::int32_t>(coded) : static_cast<std::int32_t>(coded);
  }

  template <typename Bit, typename Plain>
  static std::uint32_t walkTail(const Bit& bit, const Plain& plain, std::uint32_t rest) {
    const auto wantedBits = static_cast<unsigned>(std::bit_width(rest + 1)) - 1;
    unsigned bits = 0;
    while (bits < kMaxTail && bit(2 + kUnary + bits, wantedBits > bits)) {
      ++bits;
    }
    std::uint32_t value = 1;
    for (unsigned left = bits; left != 0;) {
      const unsigned part = std::min(left, 16U);
      left -= part;
      const std::uint32_t low = (rest + 1) >> left & ((1U << part) - 1);
      value = value << part | plain(low, part);
    }
    return value - 1;
  }

  static constexpr std::uint32_t kUnary = 12;
  static constexpr unsigned kMaxTail = 26;
  static constexpr std::size_t kNodes = 2 + kUnary + kMaxTail;
  MixedBits<N> m_bits;
};

}  // namespace volpress::coding
