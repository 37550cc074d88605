#include "compressors/fields/latents.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <Eigen/Eigenvalues>

#include "scene/base/half.hpp"

namespace volpress::fields {
namespace {

/// Share of a level's mean weight that every entry has at least: what no ray has seen is still not
/// free, as somebody may look there.
constexpr double kLeastWeight = 0.02;
constexpr std::int32_t kMostValue = 1 << 15;

float asHalf(double value) {
  return halfToFloat(floatToHalf(static_cast<float>(std::clamp(value, -65504.0, 65504.0))));
}

/// What is known of a level while it is fitted.
struct LevelData {
  std::size_t features;
  const float* table;
  std::vector<double> weights;  ///< one an entry
  double meanWeight = 0;
};

LevelData weigh(const HashGridField& field, const std::vector<std::size_t>& entries,
                const FloatArray& sensitivity) {
  LevelData data{field.grid.features, field.parameters.data() + field.gridFirst(), {}, 0};
  data.weights.reserve(entries.size());
  for (const std::size_t entry : entries) {
    double sum = 0;
    for (std::size_t f = 0; f < data.features; ++f) {
      sum += static_cast<double>(sensitivity[entry * data.features + f]);
    }
    data.weights.push_back(sum / static_cast<double>(data.features));
    data.meanWeight += data.weights.back();
  }
  data.meanWeight /= static_cast<double>(std::max<std::size_t>(1, entries.size()));
  for (double& weight : data.weights) {
    weight += kLeastWeight * data.meanWeight;
  }
  return data;
}

/// Bits of each magnitude, from how often it occurs; signs take one bit.
class BitTable {
public:
  explicit BitTable(std::span<const std::int32_t> values) {
    std::array<double, kSize> counts{};
    counts.fill(0.25);
    for (const std::int32_t value : values) {
      counts[std::min<std::size_t>(static_cast<std::size_t>(std::abs(value)), kSize - 1)] += 1;
    }
    const double total = std::accumulate(counts.begin(), counts.end(), 0.0);
    for (std::size_t i = 0; i < kSize; ++i) {
      m_bits[i] = -std::log2(counts[i] / total) + (i == 0 ? 0 : 1);
    }
  }
  [[nodiscard]] double bits(std::int32_t value) const {
    const auto size = static_cast<std::size_t>(std::abs(value));
    return size < kSize - 1 ? m_bits[size]
                            : m_bits[kSize - 1] + 2 * std::log2(static_cast<double>(size));
  }

private:
  static constexpr std::size_t kSize = 48;
  std::array<double, kSize> m_bits{};
};

/// Chooses among the nearest value, the next one towards zero and zero, in two sweeps with costs
/// from the choices of the one before.
void roundForRate(std::span<const double> latents, const std::vector<double>& weights, double step,
                  double lambda, std::span<std::int32_t> values) {
  for (std::size_t i = 0; i < latents.size(); ++i) {
    values[i] = static_cast<std::int32_t>(std::clamp(
        std::round(latents[i]), -static_cast<double>(kMostValue), static_cast<double>(kMostValue)));
  }
  constexpr int kSweeps = 3;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    const BitTable table(values);
    for (std::size_t i = 0; i < latents.size(); ++i) {
      const auto nearest = static_cast<std::int32_t>(std::clamp(std::round(latents[i]),
                                                                -static_cast<double>(kMostValue),
                                                                static_cast<double>(kMostValue)));
      const std::int32_t lower = nearest > 0 ? nearest - 1 : (nearest < 0 ? nearest + 1 : 0);
      double best = 1e300;
      for (const std::int32_t candidate : {nearest, lower, 0}) {
        const double error = step * (latents[i] - candidate);
        const double cost = weights[i] * error * error + lambda * table.bits(candidate);
        if (cost < best) {
          best = cost;
          values[i] = candidate;
        }
      }
    }
  }
}

LevelLatents fitLevel(const HashGridField& field, std::vector<std::size_t> entries,
                      const FloatArray& sensitivity, const LatentSettings& settings) {
  const LevelData data = weigh(field, entries, sensitivity);
  const std::size_t features = data.features;
  const std::size_t count = entries.size();
  LevelLatents level;
  level.entries = std::move(entries);
  level.mean.assign(features, 0);
  if (count == 0) {
    return level;
  }
  double total = 0;
  Eigen::VectorXd mean = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(features));
  const auto featureOf = [&](std::size_t i, std::size_t f) {
    return static_cast<double>(data.table[level.entries[i] * features + f]);
  };
  // Without any weight (nothing of the level is seen) every entry counts the same.
  const bool isSeen = data.meanWeight > 0;
  const auto weightOf = [&](std::size_t i) { return isSeen ? data.weights[i] : 1.0; };
  for (std::size_t i = 0; i < count; ++i) {
    total += weightOf(i);
    for (std::size_t f = 0; f < features; ++f) {
      mean[static_cast<Eigen::Index>(f)] += weightOf(i) * featureOf(i, f);
    }
  }
  mean /= total;
  Eigen::MatrixXd spread = Eigen::MatrixXd::Zero(static_cast<Eigen::Index>(features),
                                                 static_cast<Eigen::Index>(features));
  Eigen::VectorXd centred(static_cast<Eigen::Index>(features));
  for (std::size_t f = 0; f < features; ++f) {
    level.mean[f] = asHalf(mean[static_cast<Eigen::Index>(f)]);
  }
  const auto centre = [&](std::size_t i) {
    for (std::size_t f = 0; f < features; ++f) {
      centred[static_cast<Eigen::Index>(f)] = featureOf(i, f) - static_cast<double>(level.mean[f]);
    }
  };
  for (std::size_t i = 0; i < count; ++i) {
    centre(i);
    spread += weightOf(i) / total * centred * centred.transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::MatrixXd> axes(spread);
  // d/dstep of weight * step^2 / 12 + lambda * bits is zero there.
  const double step =
      isSeen ? std::sqrt(6 * settings.lambda / (std::log(2.0) * data.meanWeight)) : 1e3;
  const double shown = std::clamp(step, 1e-6, 1e3);
  std::vector<Eigen::Index> kept;
  for (std::size_t k = 0; k < features && kept.size() < settings.mostDims; ++k) {
    const auto axis = static_cast<Eigen::Index>(features - 1 - k);  // the largest first
    // An axis whose values lie all within half a step is not worth an integer.
    if (axes.eigenvalues()[axis] >= shown * shown / 48) {
      kept.push_back(axis);
    }
  }
  level.dims = static_cast<unsigned>(kept.size());
  level.basis.assign(kept.size() * features, 0);
  level.values.assign(kept.size() * count, 0);
  std::vector<double> latents(count);
  std::vector<std::int32_t> values(count);
  for (std::size_t k = 0; k < kept.size(); ++k) {
    const Eigen::VectorXd axis = axes.eigenvectors().col(kept[k]);
    for (std::size_t i = 0; i < count; ++i) {
      centre(i);
      latents[i] = axis.dot(centred) / shown;
    }
    roundForRate(latents, data.weights, shown, settings.lambda, values);
    // Rounding towards zero leaves the values too small on the whole.
    double above = 0;
    double below = 0;
    for (std::size_t i = 0; i < count; ++i) {
      above += weightOf(i) * latents[i] * values[i];
      below += weightOf(i) * static_cast<double>(values[i]) * values[i];
      level.values[i * kept.size() + k] = values[i];
    }
    const double scale = below > 0 ? above / below : 1;
    for (std::size_t f = 0; f < features; ++f) {
      level.basis[k * features + f] = asHalf(shown * scale * axis[static_cast<Eigen::Index>(f)]);
    }
  }
  return level;
}

}  // namespace

std::vector<std::vector<std::size_t>> codedEntries(const HashGridField& field,
                                                   const std::vector<std::uint8_t>& flags) {
  std::vector<std::vector<std::size_t>> entries;
  for (const GridLevel& level : gridLevels(field.grid)) {
    std::vector<std::size_t>& coded = entries.emplace_back();
    for (std::size_t e = level.first; e < level.first + level.entries; ++e) {
      if (flags[e] != 0) {
        coded.push_back(e);
      }
    }
  }
  return entries;
}

std::vector<LevelLatents> fitLatents(const HashGridField& field,
                                     std::vector<std::vector<std::size_t>> entries,
                                     const FloatArray& sensitivity, const LatentSettings& settings,
                                     TaskRunner& runner) {
  std::vector<LevelLatents> levels(entries.size());
  runner.parallelFor(levels.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t l = begin; l < end; ++l) {
      levels[l] = fitLevel(field, std::move(entries[l]), sensitivity, settings);
    }
  });
  return levels;
}

void decodeLatents(const LevelLatents& level, std::size_t features, bool half,
                   std::span<float> table) {
  for (std::size_t i = 0; i < level.entries.size(); ++i) {
    float* out = table.data() + level.entries[i] * features;
    for (std::size_t f = 0; f < features; ++f) {
      float sum = level.mean[f];
      for (std::size_t k = 0; k < level.dims; ++k) {
        sum += static_cast<float>(level.values[i * level.dims + k]) * level.basis[k * features + f];
      }
      out[f] = half ? asHalf(static_cast<double>(sum)) : sum;
    }
  }
}

}  // namespace volpress::fields
