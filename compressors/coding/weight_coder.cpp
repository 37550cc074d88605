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

/// The models, and what they are chosen by: the weights coded so far.
class WeightModels {
public:
  explicit WeightModels(const WeightLayout& layout)
      : m_layout(layout),
        m_coder({static_cast<std::uint32_t>(layout.channels) * kSigns,
                 static_cast<std::uint32_t>(layout.channels) * kBuckets,
                 static_cast<std::uint32_t>(layout.channels) * kBuckets}),
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
    return {channel * kSigns + 3 * signOf(m_left) + signOf(above),
            channel * kBuckets + bucket(sizeOf(m_left) + sizeOf(above)),
            channel * kBuckets + bucket((m_recent[channel] + kMemory / 4) / (kMemory / 2))};
  }

  WeightLayout m_layout;
  ValueCoder<3> m_coder;
  std::vector<std::int32_t> m_above;    ///< of each column, the last weight
  std::vector<std::uint32_t> m_recent;  ///< of each channel
  std::int32_t m_left = 0;
  std::size_t m_column = 0;
};

}  // namespace

Bytes encodeWeights(std::span<const std::int32_t> values, const WeightLayout& layout) {
  BitWriteSide side;
  WeightModels models(layout);
  for (const std::int32_t value : values) {
    (void)models.code(side, value);
  }
  return side.finish();
}

Result<std::vector<std::int32_t>> decodeWeights(ByteView stream, std::size_t count,
                                                const WeightLayout& layout) {
  BitReadSide side(stream);
  WeightModels models(layout);
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
    const double scaled = static_cast<double>(weights[i]) / rounding.step;
    constexpr double kMost = kMostWeight;
    const auto nearest = static_cast<std::int32_t>(
        std::isnan(scaled) ? 0.0 : std::round(std::clamp(scaled, -kMost, kMost)));
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
