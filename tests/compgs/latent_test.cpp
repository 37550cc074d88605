// Latents: gradients of the rate against differences, and streams that are read as they were
// written, on any number of threads, and as long as the model says.
#include "compressors/compgs/latent_coder.hpp"

#include <array>
#include <cmath>

#include <gtest/gtest.h>

#include "compressors/learning/rounding.hpp"

namespace volpress::compressors::compgs {
namespace {

constexpr std::array<float, kStreams> kWeights{0.5F, 1, 0.25F, 2, 1.5F};

class LatentTest : public ::testing::Test {
protected:
  void fill(std::size_t anchors, float reach) {
    m_anchors = anchors;
    std::size_t seed = 0;
    const auto numbers = [&](std::size_t part, std::size_t width) {
      m_model[part].resize(anchors * width);
      ++seed;
      for (std::size_t i = 0; i < m_model[part].size(); ++i) {
        m_model[part][i] = reach * learning::roundingNoise(seed, i);
      }
    };
    numbers(kReference, kReferenceWidth);
    numbers(kResidual, kResiduals);
    numbers(kScales, kScaleWidth);
    m_model[kScaleSteps].assign(kScaleWidth, std::log(0.5F));
    m_options.scaleCentre = {0.1F, 0, -0.2F, 0, 0.3F, 0};
    roundNetworks(m_model, 10, m_networks);
    m_tape.exact = {m_model[kReference], m_model[kResidual], m_model[kScales]};
  }

  double rate() {
    // What is seen follows from rounding, which differences cannot see through: contexts stay.
    LatentRows unused = zeros();
    Model gradients;
    const ModelGradients spans = gradientsOf(gradients);
    const StreamBits bits = pullBackLatents(m_model, m_networks, m_options, m_tape, kWeights, 3,
                                            unused, spans, m_runner);
    double sum = 0;
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      sum += static_cast<double>(kWeights[stream]) * bits[stream];
    }
    return sum;
  }

  [[nodiscard]] LatentRows zeros() const {
    LatentRows rows;
    rows.reference.assign(m_anchors * kReferenceWidth, 0.0F);
    rows.residual.assign(m_anchors * kResiduals, 0.0F);
    rows.scales.assign(m_anchors * kScaleWidth, 0.0F);
    return rows;
  }

  ModelGradients gradientsOf(Model& gradients) const {
    ModelGradients spans;
    for (std::size_t part = kScaleSteps; part < kParts; ++part) {
      gradients[part].assign(m_model[part].size(), 0.0F);
      spans[part] = gradients[part];
    }
    return spans;
  }

  std::size_t m_anchors = 0;
  Model m_model = freshModel(5);
  Model m_networks;
  LatentOptions m_options;
  LatentTape m_tape;
  SerialRunner m_runner;
};

/// Predicting networks: their parameters move nothing but means and deviations.
TEST_F(LatentTest, GradientsOfThePredictionAgreeWithDifferences) {
  fill(6, 2);  // no deviation below the least, whose gradient is one-sided
  roundLatents(m_model, m_networks, m_options, m_tape, m_runner);
  Model gradients;
  LatentRows rows = zeros();
  pullBackLatents(m_model, m_networks, m_options, m_tape, kWeights, 3, rows, gradientsOf(gradients),
                  m_runner);
  for (const std::size_t part : {kPredictReference, kPredictResidual, kPredictScales}) {
    SCOPED_TRACE(part);
    const FloatArray& gradient = gradients[part];
    double norm = 0;
    for (const float value : gradient) {
      norm += static_cast<double>(value) * static_cast<double>(value);
    }
    norm = std::sqrt(norm);
    ASSERT_GT(norm, 0);
    const FloatArray kept = m_networks[part];
    const auto rateAt = [&](double step) {
      for (std::size_t i = 0; i < kept.size(); ++i) {
        m_networks[part][i] = static_cast<float>(static_cast<double>(kept[i]) +
                                                 step * static_cast<double>(gradient[i]) / norm);
      }
      // The inputs are what they were: only this network runs again.
      const auto run = [&](const FloatArray& in, FloatArray& out) {
        Networks::get().of(part).forward(m_networks[part], in, out, m_tape.tapes[part], m_runner);
      };
      if (part == kPredictReference) {
        run(m_tape.seenHyperReference, m_tape.predictedReference);
      } else if (part == kPredictResidual) {
        run(m_tape.context, m_tape.predictedResidual);
      } else {
        run(m_tape.seen.reference, m_tape.predictedScales);
      }
      return rate();
    };
    constexpr double kStep = 1e-3;
    const double found = (rateAt(kStep) - rateAt(-kStep)) / (2 * kStep);
    static_cast<void>(rateAt(0));
    m_networks[part] = kept;
    EXPECT_NEAR(found / norm, 1, 1e-3);
  }
}

/// With straight-through rounding, moving a value moves what is seen of it as much, so that bits of
/// what depends on it count: checked on a model of one anchor where rounding is far from a tie.
TEST_F(LatentTest, GradientsReachFeaturesAndSteps) {
  fill(4, 3);
  roundLatents(m_model, m_networks, m_options, m_tape, m_runner);
  Model gradients;
  LatentRows rows = zeros();
  rows.scales.assign(rows.scales.size(), 0.25F);
  const ModelGradients spans = gradientsOf(gradients);
  pullBackLatents(m_model, m_networks, m_options, m_tape, {}, 3, rows, spans, m_runner);
  // Without a rate what is seen pulls at values as they are (straight-through) ...
  EXPECT_EQ(rows.scales, FloatArray(rows.scales.size(), 0.25F));
  EXPECT_EQ(rows.reference, FloatArray(rows.reference.size(), 0.0F));
  // ... and at a step by the rounding error.
  for (std::size_t c = 0; c < kScaleWidth; ++c) {
    float wanted = 0;
    for (std::size_t i = c; i < rows.scales.size(); i += kScaleWidth) {
      wanted += 0.25F * (m_tape.seen.scales[i] - m_tape.exact.scales[i]);
    }
    EXPECT_NEAR(gradients[kScaleSteps][c], wanted, 1e-5F);
  }
  // With a rate, bits of residual features and scales reach the reference feature too.
  LatentRows rated = zeros();
  std::array<float, kStreams> weights{};
  weights[kScaleStream] = 1;
  pullBackLatents(m_model, m_networks, m_options, m_tape, weights, 3, rated, spans, m_runner);
  EXPECT_NE(rated.reference, FloatArray(rated.reference.size(), 0.0F));
  m_options.hyperprior = false;
  roundLatents(m_model, m_networks, m_options, m_tape, m_runner);
  LatentRows alone = zeros();
  pullBackLatents(m_model, m_networks, m_options, m_tape, weights, 3, alone, spans, m_runner);
  EXPECT_EQ(alone.reference, FloatArray(alone.reference.size(), 0.0F));
}

TEST_F(LatentTest, AreReadAsWrittenOnAnyNumberOfThreads) {
  // Values that the model expects, whose bytes it knows, and values that it does not.
  for (const auto& [hyperprior, reach] : {std::pair{true, 2.0F}, {false, 2.0F}, {true, 60.0F}}) {
    m_options.hyperprior = hyperprior;
    fill(2500, reach);
    const auto three = makeThreadRunner(3);
    const auto coded = encodeLatents(m_model, m_networks, m_options, 2500, {}, *three);
    ASSERT_TRUE(coded) << coded.error().message;
    const auto again = encodeLatents(m_model, m_networks, m_options, 2500, {}, m_runner);
    std::array<ByteView, kStreams> streams;
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      EXPECT_EQ(coded->streams[stream], again->streams[stream]);
      streams[stream] = coded->streams[stream];
      const auto bytes = static_cast<double>(coded->streams[stream].size());
      if (reach < 10) {
        EXPECT_NEAR(bytes, coded->ideal[stream] / 8, 0.01 * bytes + 64) << stream;
      }
    }
    for (TaskRunner* runner : {static_cast<TaskRunner*>(&m_runner), three.get()}) {
      const auto seen = decodeLatents(streams, coded->scheme, 2500, {}, *runner);
      ASSERT_TRUE(seen) << seen.error().message;
      EXPECT_EQ(seen->reference, coded->seen.reference);
      EXPECT_EQ(seen->residual, coded->seen.residual);
      EXPECT_EQ(seen->scales, coded->seen.scales);
    }
    // Rounded to half a step of the original.
    for (std::size_t i = 0; i < m_model[kResidual].size(); ++i) {
      ASSERT_NEAR(coded->seen.residual[i], m_model[kResidual][i], 0.501F);
    }
    streams[kResidualStream] = streams[kResidualStream].first(streams[kResidualStream].size() - 1);
    const auto cut = decodeLatents(streams, coded->scheme, 2500, {}, m_runner);
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, ErrorCode::CorruptData);
  }
}

TEST_F(LatentTest, IntegersAgreeWithTheFloatsOfTraining) {
  fill(300, 5);
  roundLatents(m_model, m_networks, m_options, m_tape, m_runner);
  const auto coded = encodeLatents(m_model, m_networks, m_options, 300, {}, m_runner).value();
  std::size_t others = 0;
  for (std::size_t i = 0; i < coded.seen.residual.size(); ++i) {
    others += std::abs(coded.seen.residual[i] - m_tape.seen.residual[i]) > 0.01F ? 1U : 0U;
  }
  EXPECT_LT(others, coded.seen.residual.size() / 100);  // near ties
}

}  // namespace
}  // namespace volpress::compressors::compgs
