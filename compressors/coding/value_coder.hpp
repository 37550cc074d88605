// Integers coded by adaptive binary decisions, each predicted by mixing what several contexts say.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
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

  template <typename Side>
  [[nodiscard]] bool code(Side& side, std::size_t node, const Contexts& contexts, bool wanted) {
    std::array<Prediction*, N> inputs;
    std::array<std::int32_t, N> odds;
    for (std::size_t i = 0; i < N; ++i) {
      inputs[i] = &m_predictions[i][contexts[i] * m_nodes + node];
      odds[i] = LogOdds::of(inputs[i]->zero);
    }
    const std::uint32_t mixed = m_mixers[node].mix(odds);
    const bool bit = side.bit(mixed, wanted);
    m_mixers[node].update(odds, mixed, bit);
    for (Prediction* input : inputs) {
      input->update(bit, kWindow);
    }
    return bit;
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
    if (!m_bits.code(side, 0, contexts, wanted != 0)) {
      return 0;
    }
    const bool negative = m_bits.code(side, 1, contexts, wanted < 0);
    const auto magnitude = static_cast<std::uint32_t>(negative ? -wanted : wanted);
    std::uint32_t coded = 1;
    while (coded <= kUnary && m_bits.code(side, 1 + coded, contexts, magnitude > coded)) {
      ++coded;
    }
    if (coded > kUnary) {
      coded += codeTail(side, contexts, magnitude - coded);
    }
    return negative ? -static_cast<std::int32_t>(coded) : static_cast<std::int32_t>(coded);
  }

private:
  template <typename Side>
  std::uint32_t codeTail(Side& side, const Contexts& contexts, std::uint32_t rest) {
    const auto wantedBits = static_cast<unsigned>(std::bit_width(rest + 1)) - 1;
    unsigned bits = 0;
    while (bits < kMaxTail && m_bits.code(side, 2 + kUnary + bits, contexts, wantedBits > bits)) {
      ++bits;
    }
    std::uint32_t value = 1;
    for (unsigned left = bits; left != 0;) {
      const unsigned part = std::min(left, 16U);
      left -= part;
      const std::uint32_t low = (rest + 1) >> left & ((1U << part) - 1);
      value = value << part | side.plain(low, part);
    }
    return value - 1;
  }

  static constexpr std::uint32_t kUnary = 12;
  static constexpr unsigned kMaxTail = 26;
  static constexpr std::size_t kNodes = 2 + kUnary + kMaxTail;
  MixedBits<N> m_bits;
};

}  // namespace volpress::coding
