// Entropy models: probabilities against numbers from a second implementation, gradients against
// central differences.
#include "compressors/learning/entropy_models.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <limits>
#include <vector>

#include <gtest/gtest.h>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/rounding.hpp"

namespace volpress::learning {
namespace {

double difference(const std::function<double(double)>& of, double at) {
  constexpr double kStep = 1e-5;
  return (of(at + kStep) - of(at - kStep)) / (2 * kStep);
}

double idealBits(double value, double mean, double sigma) {
  const double unit = std::sqrt(2.0) * std::max(sigma, 0.11);
  const double d = std::abs(value - mean);
  return -std::log2(
      std::max(0.5 * (std::erfc((d - 0.5) / unit) - std::erfc((d + 0.5) / unit)), 1e-9));
}

TEST(GaussianBits, AgreeWithDifferences) {
  for (const double sigma : {0.11, 0.3, 1.0, 7.0, 200.0}) {
    for (const double offset : {-3.1, -0.4, 0.05, 0.7, 2.9}) {
      if (std::abs(offset) > 5 * sigma + 0.4) {
        continue;  // below the least likelihood
      }
      SCOPED_TRACE(std::to_string(sigma) + " " + std::to_string(offset));
      // Floats in, so that the reference is asked for the same numbers.
      const auto value = static_cast<float>(4 + offset);
      const auto deviation = static_cast<float>(sigma);
      const auto v = static_cast<double>(value);
      const auto s = static_cast<double>(deviation);
      const GaussianBits found = gaussianBits(value, 4, deviation);
      EXPECT_NEAR(found.bits, idealBits(v, 4, s), 1e-6 * (1 + found.bits));
      const double ofValue = difference([&](double x) { return idealBits(x, 4, s); }, v);
      const double ofMean = difference([&](double x) { return idealBits(v, x, s); }, 4);
      EXPECT_NEAR(static_cast<double>(found.ofValue), ofValue, 1e-3 * std::abs(ofValue) + 1e-6);
      EXPECT_NEAR(static_cast<double>(found.ofMean), ofMean, 1e-3 * std::abs(ofMean) + 1e-6);
      if (sigma > 0.2) {
        const double ofSigma = difference([&](double x) { return idealBits(v, 4, x); }, s);
        EXPECT_NEAR(static_cast<double>(found.ofSigma), ofSigma, 1e-3 * std::abs(ofSigma) + 1e-6);
      }
    }
  }
}

TEST(GaussianBits, LeadBackFromWhereNothingIsLikely) {
  const GaussianBits far = gaussianBits(50, 0, -3);
  EXPECT_NEAR(far.bits, 29.897, 1e-3);  // -log2(1e-9)
  EXPECT_GT(far.ofValue, 0);
  EXPECT_LT(far.ofSigma, 0);
  // At the mean a smaller deviation than the least cannot gain.
  EXPECT_EQ(gaussianBits(0, 0, 0.05F).ofSigma, 0);
  EXPECT_EQ(gaussianBits(0, 0, 0.05F).bits, gaussianBits(0, 0, 0.11F).bits);
}

class FactorisedPriorTest : public ::testing::Test {
protected:
  FactorisedPriorTest() {
    for (std::size_t i = 0; i < m_parameters.size(); ++i) {  // so that all of them matter
      m_parameters[i] += roundingNoise(3, i);
    }
    for (std::size_t i = 0; i < m_values.size(); ++i) {
      m_values[i] = 12 * roundingNoise(4, i);
    }
  }

  double bits() {
    FloatArray values(m_values.size());
    FloatArray parameters(m_parameters.size());
    return m_prior.bits(m_parameters, m_values, 1, values, parameters, m_runner);
  }

  /// The largest difference to central differences, relative to the largest gradient.
  double worstError(FloatArray& values, const FloatArray& gradient) {
    double worst = 0;
    double largest = 0;
    for (std::size_t i = 0; i < values.size(); ++i) {
      const float kept = values[i];
      constexpr float kStep = 1e-2F;
      values[i] = kept + kStep;
      const float above = values[i];
      const double more = bits();
      values[i] = kept - kStep;
      const double less = bits();
      const double wanted =
          (more - less) / (static_cast<double>(above) - static_cast<double>(values[i]));
      values[i] = kept;
      worst = std::max(worst, std::abs(wanted - static_cast<double>(gradient[i])));
      largest = std::max(largest, std::abs(wanted));
    }
    return worst / largest;
  }

  FactorisedPrior m_prior{3};
  FloatArray m_parameters = m_prior.freshParameters(7);
  FloatArray m_values = FloatArray(40 * 3);
  SerialRunner m_runner;
};

TEST_F(FactorisedPriorTest, GradientsAgreeWithDifferences) {
  FloatArray ofValues(m_values.size(), 0.0F);
  FloatArray ofParameters(m_parameters.size(), 0.0F);
  EXPECT_GT(m_prior.bits(m_parameters, m_values, 1, ofValues, ofParameters, m_runner), 0);
  EXPECT_LT(worstError(m_values, ofValues), 1e-3);
  EXPECT_LT(worstError(m_parameters, ofParameters), 1e-3);
}

TEST_F(FactorisedPriorTest, IsADistributionWithItsMedianInTheMiddle) {
  for (std::size_t channel = 0; channel < 3; ++channel) {
    double sum = 0;
    double below = 0;
    const auto median = static_cast<double>(m_prior.median(m_parameters, channel));
    for (int k = -400; k <= 400; ++k) {
      const double share = m_prior.likelihood(m_parameters, channel, median + 0.5 + k);
      sum += share;
      below += k < 0 ? share : 0;
    }
    EXPECT_NEAR(sum, 1, 1e-3);
    EXPECT_NEAR(below, 0.5, 1e-3);
  }
}

TEST_F(FactorisedPriorTest, LearnsADistribution) {
  // Rounded values that are 5 three times in four and -2 else take 0.811 bits each.
  FloatArray values(800 * 3);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = mixSeed(5, i) % 4 == 0 ? -2.0F : 5.0F;
  }
  Adam adam;
  FloatArray gradient(m_parameters.size(), 0.0F);
  double bits = 0;
  for (int step = 0; step < 600; ++step) {
    FloatArray ofValues(values.size(), 0.0F);
    bits = m_prior.bits(m_parameters, values, 1.0F / 800, ofValues, gradient, m_runner);
    adam.step(m_parameters, gradient, 0.03, m_runner);
  }
  EXPECT_LT(bits / 2400, 0.95);
  EXPECT_GT(bits / 2400, 0.78);
}

TEST_F(FactorisedPriorTest, GivesTheSameBitsOnAnyNumberOfThreads) {
  FloatArray values(30000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = 20 * roundingNoise(9, i);
  }
  std::array<FloatArray, 2> ofValues;
  std::array<FloatArray, 2> ofParameters;
  std::array<double, 2> sums{};
  for (std::size_t i = 0; i < 2; ++i) {
    const auto runner = makeThreadRunner(i == 0 ? 1 : 3);
    ofValues[i].assign(values.size(), 0.0F);
    ofParameters[i].assign(m_parameters.size(), 0.0F);
    sums[i] = m_prior.bits(m_parameters, values, 1, ofValues[i], ofParameters[i], *runner);
  }
  EXPECT_EQ(sums[0], sums[1]);
  EXPECT_EQ(ofValues[0], ofValues[1]);
  EXPECT_EQ(ofParameters[0], ofParameters[1]);
}

TEST(Rounding, NoiseIsUniformAndRoundingKeepsTheCentre) {
  double sum = 0;
  double squares = 0;
  constexpr int kCount = 20000;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    const auto noise = static_cast<double>(roundingNoise(11, i));
    EXPECT_GE(noise, -0.5);
    EXPECT_LT(noise, 0.5);
    sum += noise;
    squares += noise * noise;
  }
  EXPECT_NEAR(sum / kCount, 0, 0.01);
  EXPECT_NEAR(squares / kCount, 1.0 / 12, 0.002);
  EXPECT_EQ(roundedAround(3.4F, 0.25F), 3.25F);
  EXPECT_EQ(roundedAround(-0.6F, 0.25F), -0.75F);
}

}  // namespace
}  // namespace volpress::learning
