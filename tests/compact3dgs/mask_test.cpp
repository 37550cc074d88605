#include "compressors/compact3dgs/mask.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "renderer/software/software_rasterizer.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

TEST(Mask, KeepsAboveAHundredth) {
  // sigmoid(-4.595) = 0.01
  EXPECT_TRUE(maskKeeps(kMaskStart));
  EXPECT_TRUE(maskKeeps(-4.59F));
  EXPECT_FALSE(maskKeeps(-4.60F));
}

/// The straight-through gradient is that of a splat drawn with scale * M and opacity * M at M = 1.
TEST(Mask, PullIsTheDerivativeOfScaleAndOpacityTogether) {
  SerialRunner runner;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  const GaussianCloud cloud = testing::randomCloud(30, 1, 5);
  const Camera camera = lookAt({0, 0, -6}, {}, {0, 1, 0}, 0.8F, 48, 36);
  // A loss with random weights of the pixels.
  Image weights;
  const auto loss = [&](const GaussianCloud& drawn) {
    const auto prepared = *rasterizer->prepare(std::make_shared<const GaussianCloud>(drawn));
    const Image picture = rasterizer->render(*prepared, camera, {})->color;
    if (weights.pixels.empty()) {
      weights = picture;
      for (std::size_t i = 0; i < weights.pixels.size(); ++i) {
        weights.pixels[i] = static_cast<float>(std::sin(0.37 * static_cast<double>(i)));
      }
    }
    double sum = 0;
    for (std::size_t i = 0; i < picture.pixels.size(); ++i) {
      sum += static_cast<double>(weights.pixels[i]) * static_cast<double>(picture.pixels[i]);
    }
    return sum;
  };
  (void)loss(cloud);
  const auto prepared = *rasterizer->prepare(std::make_shared<const GaussianCloud>(cloud));
  const auto frame = *rasterizer->renderDifferentiable(*prepared, camera, {});
  renderer::CloudGradients gradients;
  ASSERT_TRUE(frame->accumulateGradients(weights, gradients, {}));
  std::size_t checked = 0;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const auto masked = [&](double m) {
      GaussianCloud drawn = cloud;
      for (std::size_t c = 0; c < 3; ++c) {
        drawn.logScales[3 * i + c] += static_cast<float>(std::log(m));
      }
      const double opacity = m / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
      drawn.opacityLogits[i] = static_cast<float>(std::log(opacity / (1 - opacity)));
      return loss(drawn);
    };
    const double opacity = 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
    if (opacity > 0.9) {
      continue;  // near the clamp of alpha a difference crosses a corner
    }
    constexpr double kStep = 2e-3;
    const double expected = (masked(1 + kStep) - masked(1 - kStep)) / (2 * kStep);
    const double pull =
        maskPull(&gradients.logScales[3 * i], gradients.opacityLogits[i], cloud.opacityLogits[i]);
    EXPECT_NEAR(pull, expected, 0.03 * std::abs(expected) + 0.02) << i;
    checked += std::abs(expected) > 0.1 ? 1U : 0U;
  }
  EXPECT_GT(checked, 5U);
}

TEST(Mask, AHigherCostRemovesMoreAndTheRestStillShowsTheScene) {
  auto runner = makeThreadRunner(2);
  const testing::TestScene scene = testing::sampleTestScene(0.03, 8, *runner);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  std::vector<Camera> cameras;
  for (const View& view : scene.views.views) {
    cameras.push_back(view.camera);
  }
  std::size_t last = scene.cloud->count + 1;
  for (const double weight : {5e-5, 5e-4, 5e-3}) {
    Progress progress;
    RunContext context{*runner, progress, {}, rasterizer.get(), &scene.views};
    Settings settings;
    settings.maskSteps = 120;
    settings.maskWeight = weight;
    GaussianCloud student = *scene.cloud;
    ASSERT_TRUE(learnMask(*scene.cloud, cameras, settings, student, context));
    EXPECT_LT(student.count, last) << weight;
    EXPECT_GT(student.count, 0U);
    last = student.count;
  }
}

}  // namespace
}  // namespace volpress::compressors::compact3dgs
