#include "compressors/coding/weight_coder.hpp"
#include "tests/coding/entropy.hpp"

#include <cmath>
#include <random>

#include <gtest/gtest.h>

namespace volpress::coding {
namespace {

std::vector<float> laplacian(std::size_t count, double scale, unsigned seed) {
  std::mt19937 random(seed);
  std::exponential_distribution<double> size(1 / scale);
  std::vector<float> values(count);
  for (float& value : values) {
    const double drawn = size(random);
    value = static_cast<float>((random() & 1U) != 0 ? drawn : -drawn);
  }
  return values;
}

double squaredError(std::span<const float> weights, std::span<const std::int32_t> values,
                    double step) {
  double sum = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double error = static_cast<double>(weights[i]) - step * values[i];
    sum += error * error;
  }
  return sum / static_cast<double>(weights.size());
}

void expectRoundTrip(std::span<const std::int32_t> values, const WeightLayout& layout) {
  const Bytes stream = encodeWeights(values, layout);
  const auto decoded = decodeWeights(stream, values.size(), layout);
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_TRUE(std::equal(values.begin(), values.end(), decoded->begin(), decoded->end()));
}

TEST(WeightCoder, RoundTripsAnyIntegers) {
  for (const WeightLayout& layout : {WeightLayout{1, 1}, WeightLayout{4, 4}, WeightLayout{33, 2}}) {
    expectRoundTrip({}, layout);
    expectRoundTrip(std::vector<std::int32_t>{-3}, layout);
    expectRoundTrip(std::vector<std::int32_t>(5000, 7), layout);
    std::vector<std::int32_t> values(5000);
    std::mt19937 random(1);
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = i < 2000 ? static_cast<std::int32_t>(i % 2)
                           : (kMostWeight >> (random() % 27)) * (i % 3 == 0 ? -1 : 1);
    }
    expectRoundTrip(values, layout);
  }
}

/// The acceptance check of the coder: within 1 % and 32 bytes of the order-0 entropy of independent
/// Laplacian integers of scale 2.
TEST(WeightCoder, StaysWithinAPercentOfTheEntropy) {
  for (const std::size_t count : {std::size_t{100000}, std::size_t{1000000}}) {
    for (const double scale : {0.5, 2.0}) {
      const std::vector<float> weights = laplacian(count, scale, 2);
      std::vector<std::int32_t> values(count);
      std::transform(weights.begin(), weights.end(), values.begin(),
                     [](float w) { return static_cast<std::int32_t>(std::lround(w)); });
      const double bytes = static_cast<double>(encodeWeights(values, {1, 1}).size());
      RecordProperty("over", std::to_string(bytes / testing::entropyBytes(values)));
      EXPECT_LT(bytes, 1.01 * testing::entropyBytes(values) + 32) << count << " " << scale;
    }
  }
}

/// Integers that resemble their neighbours cost less than their histogram says.
TEST(WeightCoder, LearnsFromWhatLiesBeside) {
  for (const WeightLayout& layout : {WeightLayout{1, 1}, WeightLayout{200, 1}}) {
    std::mt19937 random(3);
    std::normal_distribution<double> normal(0, 1);
    std::vector<std::int32_t> values(100000);
    double at = 0;
    for (std::int32_t& value : values) {
      at = 0.9 * at + std::sqrt(1 - 0.81) * normal(random);
      value = static_cast<std::int32_t>(std::lround(2 * at));
    }
    const double bytes = static_cast<double>(encodeWeights(values, layout).size());
    EXPECT_LT(bytes, 0.92 * testing::entropyBytes(values)) << bytes / testing::entropyBytes(values);
  }
}

TEST(WeightCoder, RoundingForTheRateFallsWithLambda) {
  const std::vector<float> weights = laplacian(40000, 1.5, 4);
  const WeightLayout layout{4, 4};
  std::size_t before = 0;
  double errorBefore = 0;
  for (const double lambda : {0.0, 0.02, 0.05, 0.1, 0.3, 1.0}) {
    const std::vector<std::int32_t> values = roundWeights(weights, layout, {1, lambda, {}});
    const std::size_t bytes = encodeWeights(values, layout).size();
    const double error = squaredError(weights, values, 1);
    if (lambda > 0) {
      EXPECT_LT(bytes, before) << lambda;
      EXPECT_GT(error, errorBefore) << lambda;
    }
    before = bytes;
    errorBefore = error;
  }
  // Nothing is as important as the last bit: nothing moves.
  const std::vector<float> important(weights.size(), 1e9F);
  EXPECT_EQ(roundWeights(weights, layout, {1, 1.0, important}),
            roundWeights(weights, layout, {1, 0.0, {}}));
}

/// At the error of plain rounding with steps of 2 and 3 scales, and a finer step of its own, it
/// saves what theory says or so.
TEST(WeightCoder, RoundingForTheRateBeatsPlainRoundingAtTheSameError) {
  const std::vector<float> weights = laplacian(200000, 1, 5);
  const auto plainBytes = [&](double step, double& error) {
    const std::vector<std::int32_t> values = roundWeights(weights, {1, 1}, {step, 0, {}});
    error = squaredError(weights, values, step);
    return static_cast<double>(encodeWeights(values, {1, 1}).size());
  };
  const std::array<std::array<double, 3>, 2> kCases{{{2, 0.90, 0.95}, {3, 0.86, 0.89}}};
  for (const auto& [step, finer, atMost] : kCases) {
    double error = 0;
    const double plain = plainBytes(step, error);
    // The lambda at which the finer step makes the same error.
    double low = 0;
    double high = 1;
    std::vector<std::int32_t> values;
    for (int i = 0; i < 14; ++i) {
      const double lambda = 0.5 * (low + high);
      values = roundWeights(weights, {1, 1}, {finer * step, lambda, {}});
      (squaredError(weights, values, finer * step) > error ? high : low) = lambda;
    }
    values = roundWeights(weights, {1, 1}, {finer * step, low, {}});
    EXPECT_LE(squaredError(weights, values, finer * step), error);
    const double bytes = static_cast<double>(encodeWeights(values, {1, 1}).size());
    RecordProperty("share", std::to_string(bytes / plain));
    EXPECT_LT(bytes, atMost * plain) << step << " " << bytes / plain;
  }
}

/// The acceptance check of dependent quantisation: at the bytes of plain rounding with a step of
/// one scale it is nearer by half a decibel, and nearer than rounding for the rate.
TEST(WeightCoder, DependentIntegersAreNearerAtTheSameBytes) {
  const std::vector<float> weights = laplacian(60000, 1, 5);
  const std::vector<std::int32_t> plain = roundWeights(weights, {1, 1}, {1, 0, {}});
  const std::size_t bytes = encodeWeights(plain, {1, 1}).size();
  constexpr double kStep = 0.58;
  const std::vector<std::int32_t> values = trellisWeights(weights, {1, 1}, {kStep, 0.06, {}});
  const Bytes stream = encodeDependent(values, {1, 1});
  EXPECT_LE(stream.size(), bytes);
  const double gain = 10 * std::log10(squaredError(weights, plain, 1) /
                                      squaredError(weights, dependentLevels(values), kStep));
  RecordProperty("gain", std::to_string(gain));
  EXPECT_GT(gain, 0.5);
  const auto decoded = decodeDependent(stream, values.size(), {1, 1});
  ASSERT_TRUE(decoded) << decoded.error().message;
  EXPECT_EQ(*decoded, values);
  // Two lattices: even multiples, and odd ones with zero; a weight that is not finite is one.
  const std::vector<std::int32_t> levels =
      dependentLevels(std::vector<std::int32_t>{1, 1, -1, 2, 0, 1});
  EXPECT_EQ(levels, (std::vector<std::int32_t>{2, 2, -1, 4, 0, 1}));
  const std::vector<float> wild{std::nanf(""), 1e30F, -1e30F, 3};
  const auto far = trellisWeights(wild, {4, 4}, {1, 0.1, {}});
  EXPECT_EQ(decodeDependent(encodeDependent(far, {4, 4}), 4, {4, 4}).value(), far);
}

TEST(WeightCoder, RefusesCutStreams) {
  std::vector<std::int32_t> values(3000);
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = static_cast<std::int32_t>(i * i % 17) - 8;
  }
  const Bytes stream = encodeWeights(values, {4, 4});
  for (std::size_t size = 0; size + 1 < stream.size(); size += 7) {
    EXPECT_FALSE(decodeWeights(ByteView(stream).first(size), values.size(), {4, 4}));
  }
  EXPECT_FALSE(decodeWeights(stream, values.size() + 900, {4, 4}));
}

}  // namespace
}  // namespace volpress::coding
