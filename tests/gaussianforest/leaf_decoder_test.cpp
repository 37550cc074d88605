// Decoding leaves from shared features: gradients against central differences, and the fit.
#include "compressors/gaussianforest/leaf_decoder.hpp"

#include <array>
#include <cmath>
#include <functional>
#include <numbers>

#include <gtest/gtest.h>

#include "compressors/gaussianforest/fitting.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

constexpr FeatureWidths kWidths{3, 4};

class LeafDecoderTest : public ::testing::Test {
protected:
  LeafDecoderTest() {
    // No absolute value in the loss changes its sign within the step of the differences.
    m_target = testing::randomCloud(12, 1, 2);
    m_shared = freshAttributes(m_forest, m_decoder, m_target, 3);
    // Larger than fresh ones, so that the place in the node and the features both matter.
    for (FloatArray* features : {&m_shared.nodeFeatures, &m_shared.rootFeatures}) {
      for (float& value : *features) {
        value *= 8;
      }
    }
    m_tape.places = placesOf(m_forest, m_target.means);
  }

  /// The loss of all leaves; `means` may move within places that stay.
  double loss(renderer::CloudGradients& gradients) {
    GaussianCloud decoded;
    resizeCloud(decoded, 12, 1);
    decoded.means = m_target.means;
    m_decoder.decode(m_forest, m_shared, decoded, m_tape, m_runner);
    gradients.means.assign(36, 0.0F);
    gradients.logScales.assign(36, 0.0F);
    gradients.rotations.assign(48, 0.0F);
    gradients.shDc.assign(36, 0.0F);
    gradients.shRest.assign(108, 0.0F);
    double sum = 0;
    for (std::size_t i = 0; i < 12; ++i) {
      sum += splatLoss(decoded, i, m_target, i, 1, gradients);
    }
    return sum;
  }

  /// The error of `gradient` against differences, relative to its norm. Floats: the step is large,
  /// and a directional derivative along the gradient averages their noise.
  double errorAlong(FloatArray& values, const FloatArray& gradient) {
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
      renderer::CloudGradients unused;
      return loss(unused);
    };
    constexpr double kStep = 2e-3;
    const double found = (lossAt(kStep) - lossAt(-kStep)) / (2 * kStep);
    values = kept;
    return std::abs(found - norm) / norm;
  }

  Forest m_forest{{0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3}, {0, 0, 1, 1}, 2};
  LeafDecoder m_decoder{kWidths, 1};
  GaussianCloud m_target;
  SharedAttributes m_shared;
  LeafTape m_tape;
  SerialRunner m_runner;
};

TEST_F(LeafDecoderTest, GradientsAgreeWithDifferences) {
  renderer::CloudGradients gradients;
  ASSERT_GT(loss(gradients), 0);
  std::array<FloatArray, 4> of{FloatArray(m_shared.nodeFeatures.size(), 0.0F),
                               FloatArray(m_shared.rootFeatures.size(), 0.0F),
                               FloatArray(m_shared.shapeNet.size(), 0.0F),
                               FloatArray(m_shared.colorNet.size(), 0.0F)};
  m_decoder.pullBack(m_forest, m_shared, m_tape, gradients, {of[0], of[1], of[2], of[3]}, m_runner);
  EXPECT_LT(errorAlong(m_shared.nodeFeatures, of[0]), 1e-3);
  EXPECT_LT(errorAlong(m_shared.rootFeatures, of[1]), 1e-3);
  EXPECT_LT(errorAlong(m_shared.shapeNet, of[2]), 1e-3);
  EXPECT_LT(errorAlong(m_shared.colorNet, of[3]), 1e-3);
  const FloatArray ofMeans = gradients.means;
  EXPECT_LT(errorAlong(m_target.means, ofMeans), 1e-3);
}

TEST_F(LeafDecoderTest, ARootsGradientIsTheSumOverItsLeaves) {
  renderer::CloudGradients gradients;
  static_cast<void>(loss(gradients));
  const auto rootGradient = [&](const renderer::CloudGradients& of) {
    std::array<FloatArray, 4> to{FloatArray(m_shared.nodeFeatures.size(), 0.0F),
                                 FloatArray(m_shared.rootFeatures.size(), 0.0F),
                                 FloatArray(m_shared.shapeNet.size(), 0.0F),
                                 FloatArray(m_shared.colorNet.size(), 0.0F)};
    renderer::CloudGradients copy = of;
    m_decoder.pullBack(m_forest, m_shared, m_tape, copy, {to[0], to[1], to[2], to[3]}, m_runner);
    return to[1];
  };
  const FloatArray whole = rootGradient(gradients);
  FloatArray sum(whole.size(), 0.0F);
  for (std::size_t leaf = 0; leaf < 12; ++leaf) {
    renderer::CloudGradients one = gradients;
    const auto keepOnly = [leaf](FloatArray& values, std::size_t width) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = i / width == leaf ? values[i] : 0;
      }
    };
    keepOnly(one.logScales, 3);
    keepOnly(one.rotations, 4);
    keepOnly(one.shDc, 3);
    keepOnly(one.shRest, 9);
    const FloatArray part = rootGradient(one);
    for (std::size_t i = 0; i < sum.size(); ++i) {
      sum[i] += part[i];
      const std::size_t root = m_forest.rootOfNode[m_forest.nodeOfLeaf[leaf]];
      EXPECT_EQ(part[i] != 0, part[i] != 0 && i / kWidths.root == root);
    }
  }
  for (std::size_t i = 0; i < sum.size(); ++i) {
    EXPECT_NEAR(sum[i], whole[i], 1e-4F * (1 + std::abs(whole[i])));
  }
}

TEST(SplatLoss, IsZeroForTheSameEllipsoidUnderAnotherName) {
  // Axes (2, 1, 0) along x, y, z; and the same turned by 90 degrees about z with x and y swapped.
  const auto splat = [](std::array<float, 3> scales, std::array<float, 4> rotation) {
    GaussianCloud cloud = testing::randomCloud(1, 0, 1);
    std::copy(scales.begin(), scales.end(), cloud.logScales.begin());
    std::copy(rotation.begin(), rotation.end(), cloud.rotations.begin());
    return cloud;
  };
  const auto half = static_cast<float>(std::numbers::sqrt2 / 2);
  const GaussianCloud plain = splat({0.2F, -0.1F, -0.5F}, {1, 0, 0, 0});
  const GaussianCloud turned = splat({-0.1F, 0.2F, -0.5F}, {-3 * half, 0, 0, -3 * half});
  renderer::CloudGradients gradients;
  gradients.logScales.assign(3, 0.0F);
  gradients.rotations.assign(4, 0.0F);
  gradients.shDc.assign(3, 0.0F);
  EXPECT_NEAR(splatLoss(turned, 0, plain, 0, 1, gradients), 0, 1e-10);
  for (const float part : gradients.rotations) {
    EXPECT_NEAR(part, 0, 1e-5);
  }
  const GaussianCloud other = splat({0.2F, -0.1F, -0.5F}, {half, 0, 0, half});
  EXPECT_GT(splatLoss(other, 0, plain, 0, 1, gradients), 1e-3);
}

TEST(LeafDecoder, KnowsANodesPlace) {
  const FloatArray means{0, 0, 0, 2, 0, 0, 5, 5, 5};
  const NodePlaces places = placesOf({{0, 0, 1}, {0, 0}, 1}, means);
  EXPECT_EQ(places.centres, (FloatArray{1, 0, 0, 5, 5, 5}));
  EXPECT_EQ(places.radii, (FloatArray{1, 1}));  // a lone leaf has no extent
}

}  // namespace
}  // namespace volpress::compressors::gaussianforest
