// Symbols of an alphabet of 16, each predicted by mixing what several contexts have learnt: one
// step where a chain of binary decisions (value_coder.hpp) would take several.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "compressors/coding/lanes16.hpp"
#include "compressors/coding/rans_sides.hpp"

namespace volpress::coding {

inline constexpr std::size_t kMixedSymbols = kLanes;
/// So many low bits of a symbol need not be known.
inline constexpr unsigned kMaxCoarse = 4;

/// What a context has learnt: lane i is where symbol i + 1 begins, in 1/65536; the last lane counts
/// symbols, up to a limit.
class SymbolLanes {
public:
  /// The first `symbols` symbols are equally likely.
  explicit SymbolLanes(std::size_t symbols = kMixedSymbols) noexcept {
    for (std::size_t i = 0; i < kCountLane; ++i) {
      m_lanes[i] =
          static_cast<std::uint16_t>(std::min<std::size_t>((i + 1) * 65536 / symbols, 65535));
    }
  }

  [[nodiscard]] const LaneArray& lanes() const noexcept { return m_lanes; }

  /// The probability of the symbols first..last, in 1/65536.
  [[nodiscard]] std::uint32_t share(unsigned first, unsigned last) const noexcept {
    const std::uint32_t low = first == 0 ? 0U : m_lanes[first - 1];
    const std::uint32_t high = last == kCountLane ? 65536U : m_lanes[last];
    return high - low;
  }

  /// A running mean over a window that grows to kLimit symbols. Symbols are known but for their
  /// `coarse` lowest bits; what is between them then stays.
  void update(unsigned group, unsigned coarse) noexcept {
    const std::uint16_t seen = m_lanes[kCountLane];
    const Step& step = kSteps[coarse][group];
    const Lanes16 rate = Lanes16(kRates[seen]) & Lanes16(step.moves);
    // What goes up goes down seen from the other end.
    const Lanes16 up(step.up);
    const Lanes16 from = Lanes16(m_lanes) ^ up;
    const Lanes16 moved = (from - Lanes16::mulHigh(from, rate)) ^ up;
    (moved + Lanes16(kCounted[seen < kLimit ? 1 : 0])).store(m_lanes);
  }

private:
  static constexpr std::size_t kCountLane = kMixedSymbols - 1;
  static constexpr std::uint16_t kLimit = 200;

  /// 1/(n + 1.5) in 1/65536.
  static constexpr std::array<std::uint16_t, kLimit + 1> kRates = [] {
    std::array<std::uint16_t, kLimit + 1> rates{};
    for (std::uint32_t n = 0; n < rates.size(); ++n) {
      rates[n] = static_cast<std::uint16_t>(2 * 65536 / (2 * n + 3));
    }
    return rates;
  }();
  /// Which lanes go up after a group of symbols, the starts of those behind it, and which move at
  /// all.
  struct Step {
    LaneArray up, moves;
  };
  static constexpr std::array<std::array<Step, kMixedSymbols>, kMaxCoarse + 1> kSteps = [] {
    std::array<std::array<Step, kMixedSymbols>, kMaxCoarse + 1> steps{};
    for (std::size_t coarse = 0; coarse < steps.size(); ++coarse) {
      for (std::size_t group = 0; group < kMixedSymbols >> coarse; ++group) {
        Step& step = steps[coarse][group];
        const std::size_t first = group << coarse;
        const std::size_t behind = (group + 1) << coarse;
        for (std::size_t i = 0; i < kCountLane; ++i) {
          step.up[i] = i + 1 >= behind ? 0xFFFF : 0;
          step.moves[i] = i + 1 <= first || i + 1 >= behind ? 0xFFFF : 0;
        }
      }
    }
    return steps;
  }();
  static constexpr std::array<LaneArray, 2> kCounted = [] {
    std::array<LaneArray, 2> counted{};
    counted[1][kCountLane] = 1;
    return counted;
  }();
  LaneArray m_lanes{};
};

/// One kind of symbol, with a prediction for every context of each of N inputs. Their shares are
/// added with weights that follow from how likely each input has made what came (Bayes' rule, with
/// a little forgetting); there is a set of weights for each value of a context of its own.
template <std::size_t N>
class MixedSymbols {
public:
  static_assert(N >= 1 && N <= 4);
  using Contexts = std::array<std::uint32_t, N>;

  /// `sizes`: how many contexts each input has; `weightSets`: how many sets of weights; `symbols`:
  /// how many symbols occur (others stay possible).
  MixedSymbols(const std::array<std::uint32_t, N>& sizes, std::size_t weightSets,
               std::size_t symbols = kMixedSymbols)
      : m_weights(weightSets, evenWeights()) {
    for (std::size_t k = 0; k < N; ++k) {
      m_inputs[k].assign(sizes[k], SymbolLanes(symbols));
    }
  }

  /// Writes `wanted` and returns it, or ignores it and returns what is read, 0..15. With `coarse`
  /// (0..kMaxCoarse) it is a symbol without so many of its lowest bits, 0..(15 >> coarse): what is
  /// known coarsely and finely shares one prediction.
  template <typename Side>
  unsigned code(Side& side, const Contexts& contexts, std::size_t weightSet, unsigned wanted,
                unsigned coarse = 0) {
    std::array<SymbolLanes*, N> inputs;
    for (std::size_t k = 0; k < N; ++k) {
      inputs[k] = &m_inputs[k][contexts[k]];
    }
    Weights& weights = m_weights[weightSet];
    const Lanes16 mixed = mix(inputs, weights);
    unsigned symbol = wanted;
    std::uint32_t at = 0;
    if constexpr (!Side::kWrites) {
      at = side.part();
      // The last lane is no start; there are 15.
      symbol = std::min(mixed.leadingAtMost(static_cast<std::uint16_t>(at)), kLast) >> coarse;
    }
    LaneArray starts;
    mixed.store(starts);
    const unsigned first = symbol << coarse;
    const unsigned last = ((symbol + 1) << coarse) - 1;
    const std::uint32_t low = first == 0 ? 0U : starts[first - 1];
    const std::uint32_t size = (last == kLast ? 65536U : starts[last]) - low;
    if constexpr (Side::kWrites) {
      side.put(low, size);
    } else {
      side.take(at, low, size);
    }
    learn(weights, inputs, first, last, size);
    for (std::size_t k = 0; k < N; ++k) {
      inputs[k]->update(symbol, coarse);
    }
    return symbol;
  }

private:
  /// What every symbol is given at least; as much as N roundings take.
  static constexpr std::uint32_t kLeast = 4;
  static constexpr std::uint32_t kWeight = 65536 - kMixedSymbols * kLeast;
  static constexpr unsigned kForgetting = 6;
  static constexpr unsigned kLast = kMixedSymbols - 1;
  using Weights = std::array<std::uint16_t, N>;
  static constexpr LaneArray kFloors = [] {
    LaneArray floors{};
    for (std::size_t i = 0; i < kMixedSymbols; ++i) {
      floors[i] = static_cast<std::uint16_t>((i + 1) * kLeast);
    }
    return floors;
  }();

  static Weights evenWeights() {
    Weights weights{};
    weights.fill(static_cast<std::uint16_t>(kWeight / N));
    weights[N - 1] = static_cast<std::uint16_t>(kWeight - (N - 1) * (kWeight / N));
    return weights;
  }

  static Lanes16 mix(const std::array<SymbolLanes*, N>& inputs, const Weights& weights) noexcept {
    Lanes16 sum(kFloors);
    for (std::size_t k = 0; k < N; ++k) {
      sum = sum + Lanes16::mulHigh(Lanes16(inputs[k]->lanes()), Lanes16(weights[k]));
    }
    return sum;
  }

  /// Bayes' rule: weights grow by how much likelier than the mean an input made the symbol.
  static void learn(Weights& weights, const std::array<SymbolLanes*, N>& inputs, unsigned first,
                    unsigned last, std::uint32_t size) noexcept {
    if constexpr (N > 1) {
      const std::uint64_t inverse = 0xFFFFFFFFU / size;
      std::uint32_t left = kWeight;
      for (std::size_t k = 0; k + 1 < N; ++k) {
        const std::uint64_t product = std::uint64_t{weights[k]} * inputs[k]->share(first, last);
        // kLeast is what keeps the sum of these below 65536.
        const auto grown = static_cast<std::uint32_t>((product * inverse) >> 32);
        const std::uint32_t weight = grown - (grown >> kForgetting) + (kWeight / N >> kForgetting);
        weights[k] = static_cast<std::uint16_t>(weight);
        left -= weight;
      }
      weights[N - 1] = static_cast<std::uint16_t>(left);
    }
  }

  std::array<std::vector<SymbolLanes>, N> m_inputs;
  std::vector<Weights> m_weights;
};

}  // namespace volpress::coding
