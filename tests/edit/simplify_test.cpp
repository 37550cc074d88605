// Coarser versions of scenes: what merging two splats gives on paper, and pictures.
#include "scene/edit/simplify.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/edit/nearest.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::edit {
namespace {

GaussianCloud simplified(const GaussianCloud& cloud, std::size_t target, std::size_t threads = 1) {
  const auto runner = makeThreadRunner(threads);
  Progress progress;
  auto result = simplifyCloud(cloud, target, *runner, progress, {});
  EXPECT_TRUE(result.has_value());
  EXPECT_TRUE(validate(*result).has_value());
  return std::move(*result);
}

TEST(Nearest, FindsWhatComparingAllFinds) {
  const GaussianCloud cloud = testing::randomCloud(300, 0, 1);
  SerialRunner runner;
  const Neighbours near = nearestNeighbours(cloud.means, 3, runner, {});
  ASSERT_EQ(near.each, 3U);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    std::vector<float> squares;
    for (std::size_t j = 0; j < cloud.count; ++j) {
      float sum = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        const float d = cloud.means[3 * i + c] - cloud.means[3 * j + c];
        sum += d * d;
      }
      if (j != i) {
        squares.push_back(sum);
      }
    }
    std::sort(squares.begin(), squares.end());
    for (std::size_t n = 0; n < 3; ++n) {
      ASSERT_FLOAT_EQ(near.squares[3 * i + n], squares[n]);
    }
  }
  EXPECT_EQ(nearestNeighbours({1, 2, 3}, 4, runner, {}).each, 0U);
}

TEST(Simplify, TwoEqualBallsBecomeTheirMixture) {
  GaussianCloud pair;
  resizeCloud(pair, 2, 0);
  pair.means = {-1, 0, 0, 1, 0, 0};
  pair.logScales.assign(6, 0.0F);
  pair.rotations = {1, 0, 0, 0, 0, 1, 0, 0};
  pair.opacityLogits = {0, 0};
  pair.shDc = {1, 0, 0, 0, 0, 1};
  const GaussianCloud one = simplified(pair, 1);
  ASSERT_EQ(one.count, 1U);
  EXPECT_NEAR(one.means[0], 0, 1e-6);
  // Variances 1, 1 and 1 + 1 along x; eigenvalues come smallest first.
  EXPECT_NEAR(one.logScales[0], 0, 1e-6);
  EXPECT_NEAR(one.logScales[2], 0.5F * std::log(2.0F), 1e-6);
  EXPECT_NEAR(one.shDc[0], 0.5F, 1e-6);
  EXPECT_NEAR(one.shDc[2], 0.5F, 1e-6);
  // 2 * 0.5 * area 1 over area sqrt(2).
  EXPECT_NEAR(1 / (1 + std::exp(-one.opacityLogits[0])), std::sqrt(0.5F), 1e-5);
}

TEST(Simplify, TheCountIsMetOnAnyNumberOfThreads) {
  const GaussianCloud cloud = testing::randomCloud(2001, 2, 4);
  const GaussianCloud one = simplified(cloud, 1000, 1);
  const GaussianCloud two = simplified(cloud, 1000, 2);
  EXPECT_EQ(one.count, 1000U);
  EXPECT_EQ(one.means, two.means);
  EXPECT_EQ(one.shRest, two.shRest);
  EXPECT_EQ(simplified(cloud, 5000).means, cloud.means);
}

TEST(Simplify, LooksMoreLikeTheSceneThanEverySecondSplat) {
  SerialRunner serial;
  const GaussianCloud scene = makeSampleScene(1, 0.05, serial);
  std::vector<std::uint32_t> second;
  for (std::uint32_t i = 0; i < scene.count; i += 2) {
    second.push_back(i);
  }
  const auto runner = makeThreadRunner(2);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const Camera camera = lookAt({0, -1.5F, -4}, {0, 0, 0}, {0, 1, 0}, 0.8F, 320, 240);
  const auto draw = [&](const GaussianCloud& cloud) {
    const auto prepared = rasterizer->prepare(std::make_shared<const GaussianCloud>(cloud));
    return std::move(rasterizer->render(**prepared, camera, {})->color);
  };
  const Image original = draw(scene);
  const double merged = *metrics::psnr(original, draw(simplified(scene, (scene.count + 1) / 2)));
  const double dropped = *metrics::psnr(original, draw(gatherSplats(scene, second)));
  EXPECT_GT(merged, dropped + 3) << merged << " dB merged, " << dropped << " dB dropped";
}

TEST(Simplify, CanBeCancelled) {
  std::stop_source source;
  source.request_stop();
  SerialRunner runner;
  Progress progress;
  const auto result =
      simplifyCloud(testing::randomCloud(100, 0, 1), 10, runner, progress, source.get_token());
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace volpress::edit
