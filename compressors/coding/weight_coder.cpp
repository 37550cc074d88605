#include "compressors/coding/weight_coder.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "compressors/coding/value_coder.hpp"

namespace volpress::coding {
namespace {

constexpr std::uint32_t kSigns = 9;    // of the weight to the left and the one above
constexpr std::uint32_t kBuckets = 8;  // of a sum of magnitudes
constexpr std::uint32_t kMostNear = 1000;

std::uint32_t signOf(std::int32_t value) { return value == 0 ? 0U : (value < 0 ? 1U : 2U); }
std::uint32_t sizeOf(std::int32_t value) {
  return std::min(static_cast<std::uint32_t>(std::abs(value)), kMostNear);
}

/// 0, 1, 2, 3-4, 5-8, 9-16, 17-32, more.
std::uint32_t bucket(std::uint32_t sum) {
  if (sum < 3) {
    return sum;
  }
  return std::min(static_cast<std::uint32_t>(std::bit_width(sum - 1)) + 1, kBuckets - 1);
}

/// The state of dependent quantisation: even ones stand on even multiples, odd ones on odd
/// multiples and zero.
class TrellisState {
public:
  static constexpr std::uint32_t kCount = 8;
  explicit TrellisState(std::uint32_t state = 0) : m_state(state) {}
  [[nodiscard]] std::uint32_t index() const { return m_state; }
  [[nodiscard]] std::uint32_t lattice() const { return m_state & 1U; }
  [[nodiscard]] std::int32_t level(std::int32_t value) const {
    const std::int32_t size = 2 * std::abs(value) - static_cast<std::int32_t>(lattice());
    return value == 0 ? 0 : (value < 0 ? -size : size);
  }
  [[nodiscard]] TrellisState after(std::int32_t value) const {
    constexpr std::array<std::array<std::uint8_t, 2>, kCount> kNext{
        {{0, 2}, {7, 5}, {1, 3}, {6, 4}, {2, 0}, {5, 7}, {3, 1}, {4, 6}}};
    return TrellisState(kNext[m_state][static_cast<std::uint32_t>(value) & 1U]);
  }

private:
  std::uint32_t m_state;
};

/// The models, and what they are chosen by: the weights coded so far and, of dependent integers,
/// the lattice.
class WeightModels {
public:
  explicit WeightModels(const WeightLayout& layout, bool dependent = false)
      : m_layout(layout),
        m_lattices(dependent ? 2 : 1),
        m_coder({static_cast<std::uint32_t>(layout.channels) * m_lattices * kSigns,
                 static_cast<std::uint32_t>(layout.channels) * m_lattices * kBuckets,
                 static_cast<std::uint32_t>(layout.channels) * m_lattices * kBuckets}),
        m_above(layout.width, 0),
        m_recent(layout.channels, 0) {}

  /// The next weight. `wanted` is ignored when reading.
  template <typename Side>
  std::int32_t code(Side& side, std::int32_t wanted) {
    const std::int32_t value = m_coder.code(side, contexts(), wanted);
    std::uint32_t& recent = m_recent[m_column % m_layout.channels];
    // A running mean over about 16 weights, in 1/16.
    recent += sizeOf(value) - recent / kMemory;
    m_above[m_column] = value;
    m_left = value;
    m_state = m_state.after(value);
    if (++m_column == m_layout.width) {
      m_column = 0;
      m_left = 0;
    }
    return value;
  }

  /// What `value` would cost as the next weight, in bits.
  [[nodiscard]] double cost(std::int32_t value) const { return m_coder.cost(contexts(), value); }

private:
  static constexpr std::uint32_t kMemory = 16;

  [[nodiscard]] ValueCoder<3>::Contexts contexts() const {
    const auto channel = static_cast<std::uint32_t>(m_column % m_layout.channels);
    const std::int32_t above = m_above[m_column];
    const std::uint32_t models = channel * m_lattices + m_state.lattice() % m_lattices;
    return {models * kSigns + 3 * signOf(m_left) + signOf(above),
            models * kBuckets + bucket(sizeOf(m_left) + sizeOf(above)),
            models * kBuckets + bucket((m_recent[channel] + kMemory / 4) / (kMemory / 2))};
  }

  WeightLayout m_layout;
  std::uint32_t m_lattices;  ///< that have models of their own
  ValueCoder<3> m_coder;
  std::vector<std::int32_t> m_above;    ///< of each column, the last weight
  std::vector<std::uint32_t> m_recent;  ///< of each channel
  std::int32_t m_left = 0;
  std::size_t m_column = 0;
  TrellisState m_state;
};

Bytes encode(std::span<const std::int32_t> values, WeightModels models) {
  BitWriteSide side;
  for (const std::int32_t value : values) {
    (void)models.code(side, value);
  }
  return side.finish();
}

Result<std::vector<std::int32_t>> decode(ByteView stream, std::size_t count, WeightModels models) {
  BitReadSide side(stream);
  std::vector<std::int32_t> values(count);
  for (std::size_t i = 0; i < count && !side.overran(); ++i) {
    values[i] = models.code(side, 0);
  }
  if (!side.atEnd()) {
    return fail(ErrorCode::CorruptData, "{} bytes do not end with the last of {} weights",
                stream.size(), count);
  }
  return values;
}

/// Bits of integers by their histograms, one for each channel and lattice.
class HistogramBits {
public:
  explicit HistogramBits(std::size_t channels) : m_counts(2 * channels) {
    for (auto& counts : m_counts) {
      // Laplacian, so that a first path has an order of sizes.
      double share = 1;
      for (double& count : counts) {
        count = share;
        share *= 0.5;
      }
    }
    settle();
  }

  void learn(std::span<const std::int32_t> values, const WeightLayout& layout) {
    for (auto& counts : m_counts) {
      counts.fill(0.02);
    }
    TrellisState state;
    for (std::size_t i = 0; i < values.size(); ++i) {
      m_counts[row(i, layout, state.lattice())][sizeAt(values[i])] += 1;
      state = state.after(values[i]);
    }
    settle();
  }

  [[nodiscard]] static std::size_t row(std::size_t i, const WeightLayout& layout,
                                       std::uint32_t lattice) {
    return 2 * (i % layout.width % layout.channels) + lattice;
  }
  [[nodiscard]] double of(std::size_t row, std::int32_t value) const {
    const std::size_t size = sizeAt(value);
    const auto rest = static_cast<double>(std::abs(value)) - static_cast<double>(size);
    return m_bits[row][size] + (rest > 0 ? 2 * std::log2(1 + rest) : 0);
  }

private:
  static constexpr std::size_t kSizes = 48;  // the last one stands for all beyond it
  static std::size_t sizeAt(std::int32_t value) {
    return std::min(static_cast<std::size_t>(std::abs(value)), kSizes - 1);
  }
  void settle() {
    m_bits.resize(m_counts.size());
    for (std::size_t r = 0; r < m_counts.size(); ++r) {
      double total = 0;
      for (const double count : m_counts[r]) {
        total += count;
      }
      for (std::size_t s = 0; s < kSizes; ++s) {
        m_bits[r][s] = -std::log2(m_counts[r][s] / total) + (s == 0 ? 0 : 1);
      }
    }
  }

  std::vector<std::array<double, kSizes>> m_counts, m_bits;
};

/// A weight on its way through the trellis: where it stands, and what its error costs.
struct ScaledWeight {
  double size = 0;  ///< magnitude, in steps
  bool negative = false;
  double importance = 1;  ///< of the squared error in steps
};

/// The path of least cost with given bits.
class Trellis {
public:
  explicit Trellis(std::size_t count) : m_from(count), m_values(count) { m_cost.fill(kNever); }

  void start() {
    m_cost.fill(kNever);
    m_cost[0] = 0;
  }

  void take(std::size_t i, const ScaledWeight& weight, double lambda, const HistogramBits& bits,
            std::size_t evenRow) {
    std::array<double, TrellisState::kCount> next;
    next.fill(kNever);
    for (std::uint32_t s = 0; s < TrellisState::kCount; ++s) {
      if (m_cost[s] == kNever) {
        continue;
      }
      const TrellisState state(s);
      const auto below = static_cast<std::int32_t>((weight.size + state.lattice()) / 2);
      const std::array<std::int32_t, 3> candidates{below, below + 1, 0};
      for (std::size_t c = 0; c < (below == 0 ? 2U : 3U); ++c) {
        const std::int32_t size = candidates[c];
        const double error = weight.size - state.level(size);
        const double cost = m_cost[s] + weight.importance * error * error +
                            lambda * bits.of(evenRow + state.lattice(), size);
        const std::uint32_t to = state.after(size).index();
        if (cost < next[to]) {
          next[to] = cost;
          m_from[i][to] = static_cast<std::uint8_t>(s);
          m_values[i][to] = weight.negative ? -size : size;
        }
      }
    }
    m_cost = next;
  }

  [[nodiscard]] std::vector<std::int32_t> best() const {
    auto state =
        static_cast<std::size_t>(std::min_element(m_cost.begin(), m_cost.end()) - m_cost.begin());
    std::vector<std::int32_t> values(m_values.size());
    for (std::size_t i = values.size(); i-- > 0;) {
      values[i] = m_values[i][state];
      state = m_from[i][state];
    }
    return values;
  }

private:
  static constexpr double kNever = 1e300;
  std::array<double, TrellisState::kCount> m_cost{};
  std::vector<std::array<std::uint8_t, TrellisState::kCount>> m_from;
  std::vector<std::array<std::int32_t, TrellisState::kCount>> m_values;
};

/// Whole multiples of a step near a weight, within what can be coded.
double inSteps(float weight, double step) {
  constexpr double kMost = kMostWeight;
  const double scaled = static_cast<double>(weight) / step;
  return std::isnan(scaled) ? 0.0 : std::clamp(scaled, -kMost, kMost);
}

}  // namespace

Bytes encodeWeights(std::span<const std::int32_t> values, const WeightLayout& layout) {
  return encode(values, WeightModels(layout));
}

Result<std::vector<std::int32_t>> decodeWeights(ByteView stream, std::size_t count,
                                                const WeightLayout& layout) {
  return decode(stream, count, WeightModels(layout));
}

Bytes encodeDependent(std::span<const std::int32_t> values, const WeightLayout& layout) {
  return encode(values, WeightModels(layout, true));
}

Result<std::vector<std::int32_t>> decodeDependent(ByteView stream, std::size_t count,
                                                  const WeightLayout& layout) {
  return decode(stream, count, WeightModels(layout, true));
}

std::vector<std::int32_t> dependentLevels(std::span<const std::int32_t> values) {
  std::vector<std::int32_t> levels(values.size());
  TrellisState state;
  for (std::size_t i = 0; i < values.size(); ++i) {
    levels[i] = state.level(values[i]);
    state = state.after(values[i]);
  }
  return levels;
}

std::vector<std::int32_t> trellisWeights(std::span<const float> weights, const WeightLayout& layout,
                                         const WeightRounding& rounding) {
  constexpr int kPasses = 3;  // in which the histograms settle
  HistogramBits bits(layout.channels);
  Trellis trellis(weights.size());
  std::vector<std::int32_t> values;
  for (int pass = 0; pass < kPasses; ++pass) {
    trellis.start();
    for (std::size_t i = 0; i < weights.size(); ++i) {
      const double scaled = inSteps(weights[i], rounding.step);
      const double importance =
          rounding.importance.empty() ? 1.0 : static_cast<double>(rounding.importance[i]);
      trellis.take(i, {std::fabs(scaled), scaled < 0, importance * rounding.step * rounding.step},
                   rounding.lambda, bits, HistogramBits::row(i, layout, 0));
    }
    values = trellis.best();
    bits.learn(values, layout);
  }
  return values;
}

std::vector<std::int32_t> roundWeights(std::span<const float> weights, const WeightLayout& layout,
                                       const WeightRounding& rounding) {
  // The models learn from what is written; the bytes themselves are of no use here.
  struct NoSide {
    [[nodiscard]] static bool bit(std::uint32_t /*zero*/, bool wanted) { return wanted; }
    [[nodiscard]] static std::uint32_t plain(std::uint32_t wanted, unsigned /*count*/) {
      return wanted;
    }
  };
  NoSide side;
  WeightModels models(layout);
  std::vector<std::int32_t> values(weights.size());
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double scaled = inSteps(weights[i], rounding.step);
    const auto nearest = static_cast<std::int32_t>(std::round(scaled));
    const double importance =
        rounding.importance.empty() ? 1.0 : static_cast<double>(rounding.importance[i]);
    std::int32_t best = nearest;
    if (nearest != 0 && rounding.lambda > 0) {
      double least = 0;
      const std::int32_t lower = nearest - (nearest > 0 ? 1 : -1);
      std::array<std::int32_t, 3> candidates{nearest, lower, 0};
      for (std::size_t c = 0; c < (lower == 0 ? 2U : 3U); ++c) {
        const double error = rounding.step * (scaled - candidates[c]);
        const double cost =
            importance * error * error + rounding.lambda * models.cost(candidates[c]);
        if (c == 0 || cost < least) {
          least = cost;
          best = candidates[c];
        }
      }
    }
    values[i] = models.code(side, best);
  }
  return values;
}

}  // namespace volpress::coding
