#include "compressors/mesongs/bit_allocation.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::compressors::mesongs {
namespace {

/// Steps finer than this many a standard deviation of a block are never worth it.
constexpr double kFinest = 256;

/// Bits a symbol of a two-sided geometric distribution with this mean magnitude.
double geometricEntropy(double meanMagnitude) {
  if (!(meanMagnitude > 1e-9)) {
    return 0;
  }
  const double theta = (std::sqrt(1 + meanMagnitude * meanMagnitude) - 1) / meanMagnitude;
  return std::log2((1 + theta) / (1 - theta)) - meanMagnitude * std::log2(theta);
}

}  // namespace

std::size_t blockCount(std::size_t length, std::size_t blocks) {
  return std::clamp<std::size_t>(blocks, 1, std::max<std::size_t>(1, length));
}

BitAllocation::BitAllocation(const AttributeTransform& transform, const Coefficients& coefficients,
                             const ChannelWeights& weights, std::size_t blocks,
                             TaskRunner& runner) {
  const auto rows = static_cast<double>(transform.rows());
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    const std::vector<float>& column = coefficients.columns[channel];
    const bool centred = transform.transforms(channel);
    const std::size_t count = blockCount(column.size(), blocks);
    m_costs[channel].resize(count);
    runner.parallelFor(count, 1, [&](std::size_t index, std::size_t) {
      const std::size_t begin = blockStart(column.size(), count, index);
      const std::size_t end = blockStart(column.size(), count, index + 1);
      const auto values = std::span<const float>(column).subspan(begin, end - begin);
      double mean = 0;
      double square = 0;
      double largest = 0;
      for (const float value : values) {
        largest = std::max(largest, static_cast<double>(std::abs(value)));
        mean += static_cast<double>(value);
        square += static_cast<double>(value) * static_cast<double>(value);
      }
      const double size = std::max(1.0, static_cast<double>(values.size()));
      mean /= size;
      const double deviation =
          std::sqrt(std::max(0.0, square / size - (centred ? 0 : mean * mean)));
      for (std::size_t step = 0; step < kSteps; ++step) {
        const auto level = static_cast<std::int32_t>(step) + kMinStepLevel;
        const Block block = blockOfStep(level);
        Cost& cost = m_costs[channel][index][step];
        if (static_cast<double>(block.step) * kFinest < deviation) {
          cost = {0, 1e9};
          continue;
        }
        if (step != 0 && static_cast<double>(block.step) > 4 * largest) {
          cost = m_costs[channel][index][step - 1];  // all zero by now
          continue;
        }
        const double centre = centred ? 0 : std::round(mean / static_cast<double>(block.step));
        double error = 0;
        double magnitude = 0;
        for (const float value : values) {
          const std::int32_t symbol = block.quantise(value, centred ? kDeadZone : 0.5);
          const double off = static_cast<double>(value) - static_cast<double>(block.value(symbol));
          error += off * off;
          magnitude += std::abs(symbol - centre);
        }
        cost.error = weights.channels[channel] * error / rows;
        cost.bits = size * geometricEntropy(magnitude / size) / rows;
      }
    });
  }
}

StepLevels BitAllocation::choose(double price) const {
  StepLevels levels;
  for (std::size_t channel = 0; channel < kChannels; ++channel) {
    for (const auto& costs : m_costs[channel]) {
      std::size_t best = 0;
      for (std::size_t step = 1; step < kSteps; ++step) {
        const auto total = [&](std::size_t at) { return costs[at].error + price * costs[at].bits; };
        if (total(step) <= total(best)) {
          best = step;
        }
      }
      levels[channel].push_back(static_cast<std::int32_t>(best) + kMinStepLevel);
    }
  }
  return levels;
}

}  // namespace volpress::compressors::mesongs
