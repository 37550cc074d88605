// Primitives of anchors: what networks make of features, gradients against differences, placing.
#include "compressors/compgs/primitives.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include <gtest/gtest.h>

#include "compressors/compgs/anchors.hpp"
#include "compressors/compgs/baking.hpp"
#include "compressors/compgs/fitting.hpp"
#include "compressors/learning/rounding.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::compgs {
namespace {

class PrimitivesTest : public ::testing::Test {
protected:
  PrimitivesTest() {
    m_target = testing::randomCloud(24, 1, 17);
    m_planting = plantAnchors(m_target, 8, 10, {}).value();
    startLatents(m_target, m_planting, m_model);
    for (std::size_t i = 0; i < m_planting.anchors.count(); ++i) {
      m_anchors.push_back(static_cast<std::uint32_t>(i));
      m_eyes.insert(m_eyes.end(), {2, -1, -6});
    }
    gatherRows(m_model, m_anchors, m_rows);
    m_weights.assign(m_target.count, 1.0F);
  }

  [[nodiscard]] SeenAnchors seen() const { return {m_planting.anchors.means, m_rows, m_eyes, 3}; }

  double loss(Primitives& gradient) {
    Primitives primitives;
    decodePrimitives(m_model, seen(), primitives, m_runner);
    return primitiveLoss({m_target, m_planting, m_weights, m_places, 3, {}}, m_anchors, m_eyes,
                         primitives, gradient);
  }

  /// The error of `gradient` against differences along it, relative to its norm.
  double errorAlong(FloatArray& values, std::span<const float> gradient) {
    double norm = 0;
    for (const float part : gradient) {
      norm += static_cast<double>(part) * static_cast<double>(part);
    }
    norm = std::sqrt(norm);
    const FloatArray kept = values;
    const auto lossAt = [&](double step) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<float>(static_cast<double>(kept[i]) +
                                       step * static_cast<double>(gradient[i]) / norm);
      }
      Primitives unused;
      return loss(unused);
    };
    constexpr double kStep = 2e-3;
    const double found = (lossAt(kStep) - lossAt(-kStep)) / (2 * kStep);
    values = kept;
    return std::abs(found - norm) / norm;
  }

  GaussianCloud m_target;
  Planting m_planting;
  Model m_model = freshModel(5);
  LatentRows m_rows;
  std::vector<std::uint32_t> m_anchors;
  std::vector<float> m_eyes;
  std::vector<float> m_weights;
  std::vector<std::array<float, 3>> m_places{{2, -1, -6}};
  SerialRunner m_runner;
};

TEST_F(PrimitivesTest, GradientsAgreeWithDifferences) {
  Primitives pulled;
  ASSERT_GT(loss(pulled), 0);
  Model gradients;
  ModelGradients spans;
  for (std::size_t part = kFirstDecoder; part < kParts; ++part) {
    gradients[part].assign(m_model[part].size(), 0.0F);
    spans[part] = gradients[part];
  }
  LatentRows rows;
  pullBackPrimitives(m_model, seen(), pulled, rows, spans, m_runner);
  EXPECT_LT(errorAlong(m_rows.reference, rows.reference), 1e-3);
  EXPECT_LT(errorAlong(m_rows.residual, rows.residual), 1e-3);
  EXPECT_LT(errorAlong(m_rows.scales, rows.scales), 1e-3);
  for (std::size_t part = kFirstDecoder; part < kParts; ++part) {
    EXPECT_LT(errorAlong(m_model[part], gradients[part]), 1e-3) << part;
  }
}

/// Networks of zeros but for their last biases: every primitive is what the paper says by hand.
TEST_F(PrimitivesTest, AreMadeAsByHand) {
  const auto only = [&](Part part, const std::vector<float>& biases) {
    std::fill(m_model[part].begin(), m_model[part].end(), 0.0F);
    std::copy(biases.begin(), biases.end(),
              m_model[part].end() - static_cast<std::ptrdiff_t>(biases.size()));
  };
  only(kOffsetNet, {1, -2, 0.5F});
  only(kShapeNet, {0, 2, -2, 1, 0, 0.5F, 0});
  only(kOpacityNet, {0.25F});
  only(kColorNet, {0, 1, -1});
  for (std::size_t c = 0; c < kScaleWidth; ++c) {
    m_rows.scales[c] = 0.1F * static_cast<float>(c);
  }
  Primitives primitives;
  decodePrimitives(m_model, seen(), primitives, m_runner);
  const float* mean = m_planting.anchors.means.data();
  EXPECT_FLOAT_EQ(primitives.means[0], mean[0] + 1);
  EXPECT_FLOAT_EQ(primitives.means[1], mean[1] - 2 * std::exp(0.1F));
  EXPECT_FLOAT_EQ(primitives.means[2], mean[2] + 0.5F * std::exp(0.2F));
  EXPECT_FLOAT_EQ(primitives.logScales[0], 0.3F + std::log(0.5F));
  EXPECT_FLOAT_EQ(primitives.logScales[1], 0.4F - std::log(1 + std::exp(-2.0F)));
  EXPECT_FLOAT_EQ(primitives.logScales[2], 0.5F - std::log(1 + std::exp(2.0F)));
  EXPECT_EQ(primitives.rotations[2], 0.5F);
  EXPECT_FLOAT_EQ(primitives.openness[0], 0.25F);
  EXPECT_FLOAT_EQ(primitives.colors[0], 0.5F);
  EXPECT_FLOAT_EQ(primitives.colors[1], 1 / (1 + std::exp(-1.0F)));
}

TEST(Openness, IsAnOpacitysHyperbolicTangent) {
  for (const float x : {0.01F, 0.3F, 1.0F, 3.0F}) {
    const OpacityLogit found = opacityLogit(x);
    const double opacity = std::tanh(static_cast<double>(x));
    EXPECT_NEAR(static_cast<double>(found.logit), std::log(opacity / (1 - opacity)), 1e-4);
    const float ahead = opacityLogit(x * 1.01F).logit;
    const float behind = opacityLogit(x * 0.99F).logit;
    EXPECT_NEAR((ahead - behind) / (0.02F * x), found.slope, 2e-3F * found.slope);
  }
  EXPECT_EQ(opacityLogit(0).logit, kHiddenLogit);
  EXPECT_EQ(opacityLogit(-3).slope, 0);
}

TEST(Planting, GivesEverySplatOnePlace) {
  const GaussianCloud cloud = testing::randomCloud(237, 0, 4);
  for (const std::size_t perAnchor : {10U, 7U, 1U}) {
    const Planting planting = plantAnchors(cloud, perAnchor, 12, {}).value();
    EXPECT_EQ(planting.anchors.count(), (237 + perAnchor - 1) / perAnchor);
    std::set<std::uint32_t> found;
    for (const std::uint32_t splat : planting.splats) {
      if (splat != kNoSplat) {
        EXPECT_TRUE(found.insert(splat).second) << splat;
      }
    }
    EXPECT_EQ(found.size(), 237U);
    EXPECT_NE(planting.splats[0], kNoSplat);
  }
}

/// Colours that do not depend on the view come back as they are; what one eye of two sees as
/// transparent gets half the opacity.
TEST(Baking, AveragesOpacityAndKeepsPlainColours) {
  AnchorScene scene;
  scene.anchors.grid.cell = 1;
  scene.anchors.grid.bits = 4;
  scene.anchors.points = {{3, 3, 3}};
  placeAnchors(scene.anchors);
  scene.latents.reference.assign(kReferenceWidth, 0.0F);
  scene.latents.residual.assign(kResiduals, 0.0F);
  scene.latents.scales.assign(kScaleWidth, -1.0F);
  scene.networks = freshModel(1);
  for (std::size_t part = kFirstDecoder; part < kParts; ++part) {
    std::fill(scene.networks[part].begin(), scene.networks[part].end(), 0.0F);
  }
  // Openness is the direction's x, by the skip layer of the opacity network.
  FloatArray& opacity = scene.networks[kOpacityNet];
  opacity[opacity.size() - 1 - 4] = 1;
  scene.networks[kColorNet].back() = 1;
  scene.eyes = {{{-2, 3, 3}, {1, 0, 0}, 0.5F}, {{8, 3, 3}, {-1, 0, 0}, 0.5F}};
  scene.shDegree = 2;
  SerialRunner runner;
  const GaussianCloud cloud = bake(scene, {}, runner).value();
  ASSERT_EQ(cloud.count, kPrimitives);
  const float half = std::tanh(1.0F) / 2;
  EXPECT_NEAR(cloud.opacityLogits[0], std::log(half / (1 - half)), 1e-4F);
  EXPECT_NEAR(cloud.shDc[0], 0, 1e-5F);
  const float blue = 1 / (1 + std::exp(-1.0F));
  // The pull to no view dependence leaves band 0 all of it.
  EXPECT_NEAR(0.5F + kSh0 * cloud.shDc[2], blue, 0.02F);
}

}  // namespace
}  // namespace volpress::compressors::compgs
