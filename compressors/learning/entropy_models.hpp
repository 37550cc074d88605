// Differentiable entropy models: how many bits numbers will take once they are rounded to integers
// and coded (Ballé et al. 2018, "Variational image compression with a scale hyperprior").
//
// Values come with uniform noise in place of rounding (rounding.hpp). Both models are smooth
// densities taken over the unit interval around each value.
#pragma once

#include <cstdint>
#include <span>

#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::learning {

/// No number counts as less likely: an escape codes it.
inline constexpr double kLeastLikelihood = 1e-9;
/// Standard deviations below count as this.
inline constexpr float kLeastSigma = 0.11F;

/// Values with a normal distribution each, whose mean and deviation other numbers tell.
struct GaussianBits {
  double bits = 0;
  float ofValue = 0, ofMean = 0, ofSigma = 0;  ///< d(bits) / d(that)
};
/// Of one value. Below kLeastSigma the deviation's gradient is 0 unless a larger one takes fewer
/// bits; below kLeastLikelihood gradients are those of the density's tail, so that stray values
/// find back.
[[nodiscard]] GaussianBits gaussianBits(float value, float mean, float sigma);

/// Channels that each have a density of their own, learnt as a small monotone network of widths
/// 1, 3, 3, 3, 3, 1 (Ballé et al., appendix 6.1).
class FactorisedPrior {
public:
  static constexpr std::size_t kParametersPerChannel = 58;

  explicit FactorisedPrior(std::size_t channels) : m_channels(channels) {}

  [[nodiscard]] std::size_t channels() const noexcept { return m_channels; }
  [[nodiscard]] std::size_t parameters() const noexcept {
    return m_channels * kParametersPerChannel;
  }
  /// Wide densities around 0.
  [[nodiscard]] FloatArray freshParameters(std::uint64_t seed) const;

  /// The probability of the unit interval around `value`.
  [[nodiscard]] double likelihood(std::span<const float> parameters, std::size_t channel,
                                  double value) const;
  /// Where half of a channel's density lies below: what its rounding is centred at.
  [[nodiscard]] float median(std::span<const float> parameters, std::size_t channel) const;

  /// The bits of rows of channels() values. Adds `weight` times the gradients to those of values
  /// and parameters. The same on any number of threads.
  double bits(std::span<const float> parameters, std::span<const float> values, float weight,
              std::span<float> valueGradient, std::span<float> parameterGradient,
              TaskRunner& runner) const;

private:
  std::size_t m_channels;
};

}  // namespace volpress::learning
