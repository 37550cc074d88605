#include "compressors/learning/entropy_models.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cmath>
#include <numbers>
#include <vector>

#include "compressors/learning/view_order.hpp"

namespace volpress::learning {
namespace {

constexpr double kSqrtHalf = std::numbers::sqrt2 / 2;

double normalBelow(double x) { return 0.5 * std::erfc(-x * kSqrtHalf); }
double normalDensity(double x) {
  return std::exp(-0.5 * x * x) * std::numbers::inv_sqrtpi * kSqrtHalf;
}

double sigmoidOf(double x) { return 1 / (1 + std::exp(-x)); }
double softplus(double x) { return x > 30 ? x : std::log1p(std::exp(x)); }

/// The density network of one channel: layers l of out = softplus(matrix) in + bias, all but the
/// last followed by out += tanh(factor) tanh(out). Parameters: layer after layer the matrix
/// (outputs x inputs), the biases, the factors.
constexpr std::size_t kLayers = 5;
constexpr std::size_t kWide = 3;
constexpr std::size_t inputsOf(std::size_t layer) { return layer == 0 ? 1 : kWide; }
constexpr std::size_t outputsOf(std::size_t layer) { return layer + 1 == kLayers ? 1 : kWide; }
constexpr std::size_t factorsOf(std::size_t layer) {
  return layer + 1 == kLayers ? 0 : outputsOf(layer);
}
constexpr std::size_t sizeOf(std::size_t layer) {
  return outputsOf(layer) * (inputsOf(layer) + 1) + factorsOf(layer);
}
static_assert(sizeOf(0) + 3 * sizeOf(1) + sizeOf(4) == FactorisedPrior::kParametersPerChannel);

/// A channel's parameters, ready for use.
class Density {
public:
  static constexpr std::size_t kCount = FactorisedPrior::kParametersPerChannel;
  using Gradient = std::array<double, kCount>;

  explicit Density(const float* raw) {
    std::size_t at = 0;
    for (std::size_t layer = 0; layer < kLayers; ++layer) {
      const std::size_t matrix = inputsOf(layer) * outputsOf(layer);
      const std::size_t factors = at + matrix + outputsOf(layer);
      for (std::size_t i = 0; i < sizeOf(layer); ++i, ++at) {
        const auto value = static_cast<double>(raw[at]);
        if (i < matrix) {
          m_used[at] = softplus(value);
          m_slope[at] = sigmoidOf(value);
        } else if (at >= factors) {
          m_used[at] = std::tanh(value);
          m_slope[at] = 1 - m_used[at] * m_used[at];
        } else {
          m_used[at] = value;
          m_slope[at] = 1;
        }
      }
    }
  }

  /// What backward needs of an evaluation.
  struct Trace {
    std::array<std::array<double, kWide>, kLayers> in, bent;  ///< bent: tanh of the linear part
  };

  /// The logit of the probability below x.
  double logit(double x, Trace& trace) const {
    std::array<double, kWide> at{x, 0, 0};
    const double* used = m_used.data();
    for (std::size_t layer = 0; layer < kLayers; ++layer) {
      const std::size_t inputs = inputsOf(layer);
      const std::size_t outputs = outputsOf(layer);
      trace.in[layer] = at;
      const double* bias = used + inputs * outputs;
      std::array<double, kWide> next{};
      for (std::size_t to = 0; to < outputs; ++to) {
        next[to] = bias[to];
        for (std::size_t from = 0; from < inputs; ++from) {
          next[to] += used[to * inputs + from] * at[from];
        }
        if (factorsOf(layer) != 0) {
          trace.bent[layer][to] = std::tanh(next[to]);
          next[to] += bias[outputs + to] * trace.bent[layer][to];
        }
      }
      at = next;
      used += sizeOf(layer);
    }
    return at[0];
  }

  /// Adds `pulled` times d(logit)/d(parameters); returns `pulled` times d(logit)/dx.
  double pullBack(const Trace& trace, double pulled, Gradient& gradient) const {
    std::array<double, kWide> g{pulled, 0, 0};
    std::size_t first = kCount;
    for (std::size_t layer = kLayers; layer-- != 0;) {
      first -= sizeOf(layer);
      const std::size_t inputs = inputsOf(layer);
      const std::size_t outputs = outputsOf(layer);
      const std::size_t bias = first + inputs * outputs;
      std::array<double, kWide> next{};
      for (std::size_t to = 0; to < outputs; ++to) {
        double linear = g[to];
        if (factorsOf(layer) != 0) {
          const double bent = trace.bent[layer][to];
          gradient[bias + outputs + to] += g[to] * bent * m_slope[bias + outputs + to];
          linear += g[to] * m_used[bias + outputs + to] * (1 - bent * bent);
        }
        gradient[bias + to] += linear;
        for (std::size_t from = 0; from < inputs; ++from) {
          const std::size_t weight = first + to * inputs + from;
          gradient[weight] += linear * trace.in[layer][from] * m_slope[weight];
          next[from] += linear * m_used[weight];
        }
      }
      g = next;
    }
    return g[0];
  }

private:
  std::array<double, kCount> m_used{}, m_slope{};
};

/// Of sigmoid(upper) - sigmoid(lower), on the side where neither is near 1.
double between(double lower, double upper) {
  const double sign = lower + upper > 0 ? -1 : 1;
  return std::abs(sigmoidOf(sign * upper) - sigmoidOf(sign * lower));
}

double slopeOf(double logit) {
  const double s = sigmoidOf(logit);
  return s * (1 - s);
}

constexpr std::size_t kLeastBlock = 512;
constexpr std::size_t kMostBlocks = 32;

}  // namespace

GaussianBits gaussianBits(float value, float mean, float sigma) {
  const auto used = static_cast<double>(std::max(sigma, kLeastSigma));
  const double offset = static_cast<double>(value) - static_cast<double>(mean);
  const double distance = std::abs(offset);
  const double near = (0.5 - distance) / used;
  const double far = (-0.5 - distance) / used;
  const double likelihood = normalBelow(near) - normalBelow(far);
  GaussianBits result;
  result.bits = -std::log2(std::max(likelihood, kLeastLikelihood));
  double ofDistance = 0;
  double ofSigma = 0;
  if (likelihood > kLeastLikelihood) {
    const double unit = 1 / (likelihood * used * std::numbers::ln2);
    const double nearDensity = normalDensity(near);
    const double farDensity = normalDensity(far);
    ofDistance = unit * (nearDensity - farDensity);
    ofSigma = unit * (near * nearDensity - far * farDensity);
  } else {
    constexpr double kTail = 6;  // about where the least likelihood lies
    ofDistance = kTail / (used * std::numbers::ln2);
    ofSigma = -kTail * ofDistance;
  }
  result.ofValue = static_cast<float>(offset < 0 ? -ofDistance : ofDistance);
  result.ofMean = -result.ofValue;
  result.ofSigma = static_cast<float>(sigma >= kLeastSigma || ofSigma < 0 ? ofSigma : 0);
  return result;
}

FloatArray FactorisedPrior::freshParameters(std::uint64_t seed) const {
  constexpr double kInitialWidth = 10;
  const double scale = std::pow(kInitialWidth, 1.0 / kLayers);
  FloatArray values(parameters(), 0.0F);
  std::size_t at = 0;
  for (std::size_t channel = 0; channel < m_channels; ++channel) {
    for (std::size_t layer = 0; layer < kLayers; ++layer) {
      const std::size_t matrix = inputsOf(layer) * outputsOf(layer);
      const double weight = std::log(std::expm1(1 / scale / static_cast<double>(outputsOf(layer))));
      for (std::size_t i = 0; i < sizeOf(layer); ++i, ++at) {
        if (i < matrix) {
          values[at] = static_cast<float>(weight);
        } else if (i < matrix + outputsOf(layer)) {
          seed = mixSeed(seed, at);
          values[at] = static_cast<float>(std::ldexp(static_cast<double>(seed >> 11), -53) - 0.5);
        }
      }
    }
  }
  return values;
}

double FactorisedPrior::likelihood(std::span<const float> parameters, std::size_t channel,
                                   double value) const {
  const Density density(parameters.data() + channel * kParametersPerChannel);
  Density::Trace trace;
  return between(density.logit(value - 0.5, trace), density.logit(value + 0.5, trace));
}

float FactorisedPrior::median(std::span<const float> parameters, std::size_t channel) const {
  const Density density(parameters.data() + channel * kParametersPerChannel);
  Density::Trace trace;
  double low = -1;
  double high = 1;
  constexpr double kMost = 4096;
  while (density.logit(low, trace) > 0 && low > -kMost) {
    low *= 2;
  }
  while (density.logit(high, trace) < 0 && high < kMost) {
    high *= 2;
  }
  for (int i = 0; i < 40; ++i) {
    const double middle = (low + high) / 2;
    (density.logit(middle, trace) < 0 ? low : high) = middle;
  }
  return static_cast<float>((low + high) / 2);
}

double FactorisedPrior::bits(std::span<const float> parameters, std::span<const float> values,
                             float weight, std::span<float> valueGradient,
                             std::span<float> parameterGradient, TaskRunner& runner) const {
  assert(parameters.size() == FactorisedPrior::parameters());
  assert(valueGradient.size() == values.size());
  assert(parameterGradient.size() == parameters.size());
  const std::size_t rows = values.size() / m_channels;
  const std::size_t block = std::max(kLeastBlock, (rows + kMostBlocks - 1) / kMostBlocks);
  const std::size_t blocks = (rows + block - 1) / block;
  std::vector<Density> densities;
  for (std::size_t channel = 0; channel < m_channels; ++channel) {
    densities.emplace_back(parameters.data() + channel * kParametersPerChannel);
  }
  std::vector<Density::Gradient> partial(blocks * m_channels, Density::Gradient{});
  std::vector<double> sums(blocks, 0.0);
  runner.parallelFor(rows, block, [&](std::size_t begin, std::size_t end) {
    const std::size_t of = begin / block;
    Density::Trace lowerTrace;
    Density::Trace upperTrace;
    for (std::size_t i = begin * m_channels; i < end * m_channels; ++i) {
      const std::size_t channel = i % m_channels;
      const Density& density = densities[channel];
      const auto value = static_cast<double>(values[i]);
      const double lower = density.logit(value - 0.5, lowerTrace);
      const double upper = density.logit(value + 0.5, upperTrace);
      const double likelihood = std::max(between(lower, upper), kLeastLikelihood);
      sums[of] -= std::log2(likelihood);
      const double unit = -static_cast<double>(weight) / (likelihood * std::numbers::ln2);
      Density::Gradient& gradient = partial[of * m_channels + channel];
      const double ofUpper = density.pullBack(upperTrace, unit * slopeOf(upper), gradient);
      const double ofLower = density.pullBack(lowerTrace, -unit * slopeOf(lower), gradient);
      valueGradient[i] += static_cast<float>(ofUpper + ofLower);
    }
  });
  double total = 0;
  for (std::size_t of = 0; of < blocks; ++of) {
    total += sums[of];
    for (std::size_t i = 0; i < parameterGradient.size(); ++i) {
      parameterGradient[i] += static_cast<float>(
          partial[of * m_channels + i / kParametersPerChannel][i % kParametersPerChannel]);
    }
  }
  return total;
}

}  // namespace volpress::learning
