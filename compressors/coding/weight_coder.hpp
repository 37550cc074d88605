// Weights of networks and tables as integers, after DeepCABAC (Wiedemann et al. 2020, "DeepCABAC: A
// Universal Compression Algorithm for Deep Neural Networks"): "is it zero", its sign, "is it
// greater than n", an Exp-Golomb rest, each decision with adaptive models chosen by what was coded
// beside it; and rounding that weighs a weight's error against the bits that those models ask for
// it.
//
// Unlike the paper, several contexts speak on each decision and their predictions are mixed
// (value_coder.hpp), instead of one choosing a model.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::coding {

/// How weights lie: rows of `width`. Weights of a row, and those of a column, resemble each other.
struct WeightLayout {
  std::size_t width = 1;
  std::size_t channels = 1;  ///< column c shares its models with those of the same c % channels
};

/// Magnitudes are at most that.
inline constexpr std::int32_t kMostWeight = 1 << 26;

/// `values` row after row, |value| <= kMostWeight; the last row may be short.
[[nodiscard]] Bytes encodeWeights(std::span<const std::int32_t> values, const WeightLayout& layout);
/// The caller must have justified `count`. CorruptData unless the stream ends with the last one.
[[nodiscard]] Result<std::vector<std::int32_t>> decodeWeights(ByteView stream, std::size_t count,
                                                              const WeightLayout& layout);

/// What rounding is to balance.
struct WeightRounding {
  double step = 1;                    ///< of the quantiser: weight = step * integer
  double lambda = 0;                  ///< cost of one bit
  std::span<const float> importance;  ///< of each weight's squared error; empty: 1
};

/// The integers of `weights`: for each the one of {nearest, next towards zero, 0} with the least
/// importance * (weight - step * q)^2 + lambda * bits, where bits are what the coder, having coded
/// the weights before it, asks for q (section 3.3 of the paper). Not-a-numbers become 0.
[[nodiscard]] std::vector<std::int32_t> roundWeights(std::span<const float> weights,
                                                     const WeightLayout& layout,
                                                     const WeightRounding& rounding);

/// Dependent quantisation (trellis-coded, with the eight states of ISO/IEC 15938-17): the lattice
/// that an integer stands on alternates with the parities before it, so that quantisers of twice
/// the step lie as densely as one of the step. The integers of `weights`, by the path of least
/// importance * error + lambda * bits (Viterbi), bits being those of a histogram for each channel
/// and lattice. Multiples of `rounding.step` that they stand for: `dependentLevels`.
[[nodiscard]] std::vector<std::int32_t> trellisWeights(std::span<const float> weights,
                                                       const WeightLayout& layout,
                                                       const WeightRounding& rounding);
/// As encodeWeights and decodeWeights; models know which lattice an integer is of.
[[nodiscard]] Bytes encodeDependent(std::span<const std::int32_t> values,
                                    const WeightLayout& layout);
[[nodiscard]] Result<std::vector<std::int32_t>> decodeDependent(ByteView stream, std::size_t count,
                                                                const WeightLayout& layout);
/// The multiples of the step that integers stand for, in their order.
[[nodiscard]] std::vector<std::int32_t> dependentLevels(std::span<const std::int32_t> values);

}  // namespace volpress::coding
