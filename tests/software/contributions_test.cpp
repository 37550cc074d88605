// Contribution scores and colour gradients: what LightGaussian prunes and distils by.
#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "renderer/software/software_rasterizer.hpp"
#include "tests/software/reference_renderer.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

using renderer::ContributionScores;

constexpr double kScoreUnit = 1.0 / (1U << renderer::kScoreFractionBits);

ContributionScores score(const GaussianCloud& cloud, const std::vector<Camera>& cameras,
                         std::size_t threads = 2) {
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(threads);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  ContributionScores scores;
  for (const Camera& camera : cameras) {
    const Result<void> done = rasterizer->accumulateScores(**prepared, camera, scores, {});
    EXPECT_TRUE(done.has_value()) << done.error().message;
  }
  return scores;
}

/// Splats on the axis of a camera whose picture is one pixel.
GaussianCloud stack(const std::vector<float>& opacities) {
  GaussianCloud cloud = testing::randomCloud(opacities.size(), 0, 1);
  for (std::size_t i = 0; i < opacities.size(); ++i) {
    cloud.means[3 * i] = cloud.means[3 * i + 1] = 0;
    cloud.means[3 * i + 2] = 1 + 0.1F * static_cast<float>(i);
    cloud.logScales[3 * i] = cloud.logScales[3 * i + 1] = cloud.logScales[3 * i + 2] = 0;
    cloud.opacityLogits[i] = std::log(opacities[i] / (1 - opacities[i]));
  }
  return cloud;
}

Camera onePixel() {
  Camera camera;
  camera.width = camera.height = 1;
  camera.fx = camera.fy = 1;
  camera.cx = camera.cy = 0.5F;
  return camera;
}

std::vector<Camera> someCameras() {
  return {lookAt({0, 0, 4}, {0, 0, 0}, {0, 1, 0}, 1, 160, 120),
          lookAt({3, 1, 0}, {0, 0, 0}, {0, 1, 0}, 0.8F, 77, 140),
          lookAt({0.2F, 0.1F, 0}, {-1, 0.3F, 0}, {0, 1, 0}, 1.5F, 128, 64)};
}

TEST(ContributionScores, TwoSplatsOnOnePixelMatchTheFormula) {
  const ContributionScores scores = score(stack({0.6F, 0.7F}), {onePixel()});
  const auto opacity = [&](std::size_t i) {
    return static_cast<double>(scores.opacityTransmittance[i]) * kScoreUnit;
  };
  EXPECT_NEAR(opacity(0), 0.6, 1e-6);
  EXPECT_NEAR(opacity(1), 0.7 * (1 - 0.6), 1e-6);
  EXPECT_EQ(scores.opacityTransmittance, scores.alphaTransmittance);  // centred: alpha = opacity
  EXPECT_EQ(scores.hits, (std::vector<std::uint64_t>{1, 1}));
}

TEST(ContributionScores, FallOffIsInAlphaButNotInOpacity) {
  GaussianCloud cloud = stack({0.6F});
  cloud.means[0] = 1;  // one standard deviation of the 1.3 px^2 footprint is sqrt(1.3) away
  const ContributionScores scores = score(cloud, {onePixel()});
  EXPECT_NEAR(static_cast<double>(scores.opacityTransmittance[0]) * kScoreUnit, 0.6, 1e-6);
  const auto reference = testing::renderReference(cloud, onePixel(), {0, 0, 0});
  EXPECT_LT(reference.alphaTransmittance[0], 0.5);
  EXPECT_NEAR(static_cast<double>(scores.alphaTransmittance[0]) * kScoreUnit,
              reference.alphaTransmittance[0], 1e-6);
}

TEST(ContributionScores, HiddenSplatScoresNothing) {
  std::vector<float> opacities(31, 0.95F);
  const ContributionScores scores = score(stack(opacities), {onePixel()});
  EXPECT_EQ(scores.opacityTransmittance[30], 0U);
  EXPECT_EQ(scores.hits[30], 0U);
  EXPECT_EQ(scores.hits[2], 1U);
  EXPECT_EQ(scores.hits[3], 0U);  // 0.05^4 is under 1e-4
}

TEST(ContributionScores, AgreeWithTheReferenceOnRandomClouds) {
  GaussianCloud cloud = testing::randomCloud(500, 0, 23);
  for (const FilterMode filter : {FilterMode::Default, FilterMode::Antialiased}) {
    cloud.filter = filter;
    for (const Camera& camera : someCameras()) {
      const ContributionScores scores = score(cloud, {camera});
      const auto reference = testing::renderReference(cloud, camera, {0, 0, 0});
      for (std::size_t i = 0; i < cloud.count; ++i) {
        // Pixels at the rim (alpha near 1/255) may fall to either side by rounding.
        const double strays = std::abs(static_cast<double>(scores.hits[i]) - reference.hits[i]);
        ASSERT_LE(strays, 1 + 0.001 * reference.hits[i]) << i;
        ASSERT_NEAR(static_cast<double>(scores.opacityTransmittance[i]) * kScoreUnit,
                    reference.opacityTransmittance[i],
                    strays + 1e-4 * (1 + reference.opacityTransmittance[i]));
        ASSERT_NEAR(static_cast<double>(scores.alphaTransmittance[i]) * kScoreUnit,
                    reference.alphaTransmittance[i],
                    strays / 250 + 1e-4 * (1 + reference.alphaTransmittance[i]));
      }
    }
  }
}

TEST(ContributionScores, SameBitsForPermutedSplatsCamerasAndThreads) {
  const GaussianCloud cloud = testing::randomCloud(20000, 0, 5);
  std::vector<Camera> cameras = someCameras();
  const ContributionScores scores = score(cloud, cameras, 1);

  std::reverse(cameras.begin(), cameras.end());
  const ContributionScores other = score(cloud, cameras, 4);
  EXPECT_EQ(scores.hits, other.hits);
  EXPECT_EQ(scores.opacityTransmittance, other.opacityTransmittance);
  EXPECT_EQ(scores.alphaTransmittance, other.alphaTransmittance);

  std::vector<std::uint32_t> order(cloud.count);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937_64(3));
  const ContributionScores permuted = score(gatherSplats(cloud, order), cameras, 2);
  for (std::size_t i = 0; i < order.size(); ++i) {
    ASSERT_EQ(permuted.hits[i], scores.hits[order[i]]) << i;
    ASSERT_EQ(permuted.opacityTransmittance[i], scores.opacityTransmittance[order[i]]) << i;
    ASSERT_EQ(permuted.alphaTransmittance[i], scores.alphaTransmittance[order[i]]) << i;
  }
}

TEST(ContributionScores, ArraysOfAnotherCloudAreRefused) {
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(stack({0.5F})));
  ContributionScores scores;
  scores.hits.resize(7);
  const Result<void> done = rasterizer->accumulateScores(**prepared, onePixel(), scores, {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code, ErrorCode::InvalidParameter);
}

/// Half the squared distance to a target picture, and its gradient.
struct QuadraticLoss {
  Image target;
  [[nodiscard]] double value(const Image& picture) const {
    double sum = 0;
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
      const double difference =
          static_cast<double>(picture.pixels[i]) - static_cast<double>(target.pixels[i]);
      sum += 0.5 * difference * difference;
    }
    return sum;
  }
  [[nodiscard]] Image gradient(const Image& picture) const {
    Image out = picture;
    for (std::size_t i = 0; i < out.pixels.size(); ++i) {
      out.pixels[i] -= target.pixels[i];
    }
    return out;
  }
};

TEST(ColorGradients, MatchCentralDifferences) {
  GaussianCloud cloud = testing::randomCloud(60, 0, 11);
  for (float& value : cloud.shDc) {
    value = std::clamp(value, -0.8F, 0.8F);  // keeps clear of the clamp at black
  }
  const Camera camera = lookAt({0, 0, 3}, {0, 0, 0}, {0, 1, 0}, 0.9F, 90, 70);
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(2);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const QuadraticLoss loss{makeImage(90, 70, 3, 0.35F)};
  const auto picture = [&](const GaussianCloud& of) {
    const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(of));
    return rasterizer->render(**prepared, camera, {})->color;
  };
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  std::vector<float> gradient(3 * cloud.count, 0.0F);
  ASSERT_TRUE(rasterizer->accumulateColorGradients(**prepared, camera,
                                                   loss.gradient(picture(cloud)), gradient, {}));
  std::size_t sizeable = 0;
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    constexpr float kStep = 0.1F;  // exact for a quadratic loss, but for rounding
    GaussianCloud moved = cloud;
    moved.shDc[i] = cloud.shDc[i] + kStep;
    const double above = loss.value(picture(moved));
    moved.shDc[i] = cloud.shDc[i] - kStep;
    const double below = loss.value(picture(moved));
    const double expected =
        (above - below) / (2 * static_cast<double>(kStep)) / static_cast<double>(kSh0);
    ASSERT_NEAR(static_cast<double>(gradient[i]), expected, 2e-3 + 1e-3 * std::abs(expected)) << i;
    sizeable += std::abs(expected) > 0.1 ? 1U : 0U;
  }
  EXPECT_GT(sizeable, 40U);
}

TEST(ColorGradients, AddUpAndKeepTheirBitsOnAnyNumberOfThreads) {
  const GaussianCloud cloud = testing::randomCloud(20000, 0, 2);
  const Camera camera = lookAt({0, 0, 3}, {0, 0, 0}, {0, 1, 0}, 0.9F, 190, 170);
  Image lossGradient = makeImage(190, 170, 3);
  std::mt19937_64 random(4);
  for (float& value : lossGradient.pixels) {
    value = static_cast<float>(static_cast<double>(random() >> 11) * 0x1p-53 - 0.5) * 1e-6F;
  }
  std::vector<std::vector<float>> gradients;
  for (const std::size_t threads : {1U, 2U, 5U}) {
    const std::unique_ptr<TaskRunner> runner = makeThreadRunner(threads);
    const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
    const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
    std::vector<float>& gradient = gradients.emplace_back(3 * cloud.count, 0.0F);
    ASSERT_TRUE(
        rasterizer->accumulateColorGradients(**prepared, camera, lossGradient, gradient, {}));
    const std::vector<float> once = gradient;
    ASSERT_TRUE(
        rasterizer->accumulateColorGradients(**prepared, camera, lossGradient, gradient, {}));
    for (std::size_t i = 0; i < once.size(); ++i) {
      ASSERT_EQ(gradient[i], once[i] + once[i]);
    }
  }
  EXPECT_EQ(gradients[0], gradients[1]);
  EXPECT_EQ(gradients[0], gradients[2]);
  EXPECT_TRUE(std::any_of(gradients[0].begin(), gradients[0].end(),
                          [](float value) { return value != 0; }));
}

TEST(ColorGradients, WrongSizesAndNumbersAreRefused) {
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(stack({0.5F})));
  std::vector<float> gradient(3);
  const auto code = [&](const Image& lossGradient, std::span<float> into) {
    const Result<void> done =
        rasterizer->accumulateColorGradients(**prepared, onePixel(), lossGradient, into, {});
    return done ? std::optional<ErrorCode>() : done.error().code;
  };
  EXPECT_EQ(code(makeImage(2, 1), gradient), ErrorCode::InvalidParameter);
  EXPECT_EQ(code(makeImage(1, 1, 1), gradient), ErrorCode::InvalidParameter);
  EXPECT_EQ(code(makeImage(1, 1, 3, NAN), gradient), ErrorCode::InvalidParameter);
  EXPECT_EQ(code(makeImage(1, 1), std::span(gradient).first(2)), ErrorCode::InvalidParameter);
  EXPECT_EQ(code(makeImage(1, 1, 3, 0), gradient), std::nullopt);
  EXPECT_EQ(gradient, std::vector<float>(3));
}

}  // namespace
}  // namespace volpress
