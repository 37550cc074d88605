#include "app/engine/target_search.hpp"

#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "app/engine/sweep.hpp"
#include "compressors/codec.hpp"

namespace volpress::engine {
namespace {

ParamSpec realKnob(double low, double high, bool logarithmic = false) {
  ParamSpec spec;
  spec.id = "quality";
  spec.label = "Quality";
  spec.defaultValue = (low + high) / 2;
  spec.range = ParamRange{low, high, 0, logarithmic};
  return spec;
}

double number(const ParamValue& value) {
  return std::holds_alternative<double>(value) ? std::get<double>(value)
                                               : static_cast<double>(std::get<std::int64_t>(value));
}

/// Sizes as codecs give them: from nearly exponential to bent and stepped.
using Curve = double (*)(double);
double exponential(double x) { return 2e5 * std::exp(x / 22); }
double saturating(double x) { return 4e5 + 3e6 * (1 - std::exp(-x / 12)); }
double kinked(double x) { return x < 60 ? 3e5 + 3000 * x : 4.8e5 + 6000 * (x - 60); }
double noisy(double x) { return 2e5 * std::exp(x / 22) * (1 + 0.004 * std::sin(37 * x)); }

TEST(TargetSearch, meetsSizesWithinTwoPercentFromBelowInEightEncodes) {
  for (const Curve curve : {exponential, saturating, kinked, noisy}) {
    for (const double start : {1.0, 60.0, 100.0}) {
      for (int at = 8; at < 98; at += 6) {
        const double wanted = curve(at) * 1.005;
        std::size_t calls = 0;
        const auto measure = [&](const ParamValue& value) -> Result<double> {
          ++calls;
          return curve(number(value));
        };
        const auto found = searchTarget(realKnob(1, 100), start,
                                        {QualityTarget::Kind::SizeBytes, wanted}, measure);
        ASSERT_TRUE(found);
        EXPECT_LE(calls, kMaxTargetEncodes);
        EXPECT_EQ(found->encodes, calls);
        EXPECT_TRUE(found->reached) << found->message << " wanted " << wanted << " from " << start;
        EXPECT_LE(found->value, wanted + 0.5);
        EXPECT_GE(found->value, wanted * 0.98);
        EXPECT_NEAR(found->value, curve(number(found->knob)), 0.51);
      }
    }
  }
}

TEST(TargetSearch, worksWithAKnobThatFallsAndIsLogarithmic) {
  ParamSpec lambda = realKnob(1e-4, 1, true);
  lambda.defaultValue = 0.01;
  const auto size = [](double x) { return 1e6 * std::pow(x, -0.35); };
  const auto measure = [&](const ParamValue& value) -> Result<double> {
    return size(number(value));
  };
  for (const double at : {2e-4, 3e-3, 0.2, 0.7}) {
    const auto found = searchTarget(lambda, lambda.defaultValue,
                                    {QualityTarget::Kind::SizeBytes, size(at)}, measure);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->reached) << found->message;
  }
}

TEST(TargetSearch, meetsDecibelsWithinTheTolerance) {
  const auto measure = [&](const ParamValue& value) -> Result<double> {
    return 24 + 22 * (1 - std::exp(-number(value) / 40));
  };
  for (const double wanted : {26.0, 30.0, 38.0, 43.0}) {
    const auto found =
        searchTarget(realKnob(1, 100), 60.0, {QualityTarget::Kind::MeanPsnr, wanted}, measure);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->reached) << found->message;
    EXPECT_NEAR(found->value, wanted, kTargetPsnrTolerance);
  }
}

TEST(TargetSearch, aRoughCurveIsTriedElsewhereThanAtItsJump) {
  // As a real codec does: it rises by 0.28 dB a step, and jumps up and down by half a decibel.
  const auto rough = [](double x) { return 21.2 + 0.28 * x + 0.5 * std::sin(3.1 * x); };
  const auto measure = [&](const ParamValue& value) -> Result<double> {
    return rough(number(value));
  };
  int reached = 0;
  int asked = 0;
  for (int halves = 60; halves < 92; ++halves) {
    const double wanted = halves / 2.0;
    const auto found =
        searchTarget(realKnob(1, 100), 60.0, {QualityTarget::Kind::MeanPsnr, wanted}, measure);
    ASSERT_TRUE(found);
    EXPECT_NEAR(found->value, wanted, 0.6) << "never far off";
    reached += found->reached ? 1 : 0;
    ++asked;
  }
  EXPECT_GE(reached, asked * 8 / 10) << "of " << asked;
}

TEST(TargetSearch, saysWhatIsOutOfReachAndGivesTheNearestEnd) {
  const auto measure = [&](const ParamValue& value) -> Result<double> {
    return exponential(number(value));
  };
  const auto large =
      searchTarget(realKnob(1, 100), 60.0, {QualityTarget::Kind::SizeBytes, 1e9}, measure);
  ASSERT_TRUE(large);
  EXPECT_FALSE(large->reached);
  EXPECT_DOUBLE_EQ(number(large->knob), 100);
  EXPECT_NE(large->message.find("out of reach of Quality"), std::string::npos) << large->message;
  const auto small =
      searchTarget(realKnob(1, 100), 60.0, {QualityTarget::Kind::SizeBytes, 1000}, measure);
  ASSERT_TRUE(small);
  EXPECT_FALSE(small->reached);
  EXPECT_DOUBLE_EQ(number(small->knob), 1);
}

TEST(TargetSearch, neverTriesAnIntegerTwiceAndSaysWhenItsStepsAreTooCoarse) {
  ParamSpec bits = realKnob(1, 8);
  bits.defaultValue = std::int64_t{4};
  std::set<double> tried;
  const auto measure = [&](const ParamValue& value) -> Result<double> {
    EXPECT_TRUE(tried.insert(number(value)).second) << number(value);
    return 1e6 * number(value);
  };
  const auto found =
      searchTarget(bits, bits.defaultValue, {QualityTarget::Kind::SizeBytes, 5.5e6}, measure);
  ASSERT_TRUE(found);
  EXPECT_FALSE(found->reached);
  EXPECT_EQ(std::get<std::int64_t>(found->knob), 5) << "the largest that fits";
  EXPECT_NE(found->message.find("steps too coarse"), std::string::npos) << found->message;
}

TEST(TargetSearch, passesErrorsOn) {
  const auto measure = [](const ParamValue&) -> Result<double> {
    return fail(ErrorCode::Cancelled, "cancelled");
  };
  const auto found =
      searchTarget(realKnob(1, 100), 60.0, {QualityTarget::Kind::SizeBytes, 1e6}, measure);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, ErrorCode::Cancelled);
}

TEST(ByteSize, isReadAsPeopleWriteIt) {
  EXPECT_EQ(parseByteSize("20MB").value_or(0), 20e6);
  EXPECT_EQ(parseByteSize("850 kB").value_or(0), 850e3);
  EXPECT_EQ(parseByteSize("1.5MiB").value_or(0), 1572864);
  EXPECT_EQ(parseByteSize("12345").value_or(0), 12345);
  for (const char* wrong : {"", "MB", "-3MB", "0", "5 parsecs", "nan", "1e999", "1e300GB"}) {
    EXPECT_FALSE(parseByteSize(wrong)) << wrong;
  }
}

TEST(Sweep, coversTheKnobAndIsBounded) {
  for (const compressors::Codec* codec : compressors::allCodecs()) {
    const auto values = sweepValues(codec->info(), 5);
    EXPECT_EQ(values.empty(), codec->info().qualityKnob.empty()) << codec->info().id;
    EXPECT_LE(values.size(), 5U);
    for (const ParamValue& value : values) {
      EXPECT_TRUE(completeParams(codec->info().params, {{codec->info().qualityKnob, value}}))
          << codec->info().id << " " << formatParamValue(value);
    }
  }
  const auto choices = sweepChoices({{"spz", "default", {}}, {"null", "default", {}}}, 3);
  ASSERT_TRUE(choices);
  EXPECT_EQ(choices->front().overrides.size(), 1U);
  EXPECT_FALSE(sweepChoices({{"spz", "default", {}},
                             {"lightgaussian", "default", {}},
                             {"lightgaussian", "small", {}},
                             {"lightgaussian", "high", {}}},
                            32));
}

TEST(Sweep, spreadsValuesOverARangeOnTheKnobsSteps) {
  ParamSpec whole;
  whole.defaultValue = std::int64_t{4};
  whole.range = ParamRange{1, 10, 1, false};
  using Values = std::vector<ParamValue>;
  EXPECT_EQ(spreadValues(whole, 2, 8, 4),
            (Values{std::int64_t{2}, std::int64_t{4}, std::int64_t{6}, std::int64_t{8}}));
  EXPECT_EQ(spreadValues(whole, 8, 2, 2), (Values{std::int64_t{8}, std::int64_t{2}}));
  EXPECT_EQ(spreadValues(whole, 3, 5, 9).size(), 3U) << "each value once";
  EXPECT_EQ(spreadValues(whole, -50, 90, 2), (Values{std::int64_t{1}, std::int64_t{10}}));
  ParamSpec ratio;
  ratio.defaultValue = 1.0;
  ratio.range = ParamRange{0.01, 100, 0, true};
  const Values values = spreadValues(ratio, 0.1, 10, 3);
  ASSERT_EQ(values.size(), 3U);
  EXPECT_NEAR(std::get<double>(values[1]), 1, 1e-12);
  ratio.range.reset();
  EXPECT_TRUE(spreadValues(ratio, 0.1, 10, 3).empty());
}

}  // namespace
}  // namespace volpress::engine
