// The GPU renderer by itself: packing, sorting, poison, and the rasteriser's face.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <memory>
#include <numeric>
#include <vector>

#include <gtest/gtest.h>

#include "renderer/software/software_rasterizer.hpp"
#include "renderer/vulkan/gaussian_renderer.hpp"
#include "renderer/vulkan/gaussian_scene.hpp"
#include "renderer/vulkan/host_sort.hpp"
#include "renderer/vulkan/vulkan_rasterizer.hpp"
#include "shaders/shared/gaussian_layout.h"
#include "tests/support/test_clouds.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

using renderer::RenderOptions;
using renderer::RenderResult;
using renderer::SortPlace;

/// One opaque-ish grey splat.
GaussianCloud oneSplat(std::array<float, 3> mean, float logScale, float opacityLogit = 2) {
  GaussianCloud cloud;
  resizeCloud(cloud, 1, 0);
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.means[c] = mean[c];
    cloud.logScales[c] = logScale;
    cloud.shDc[c] = 0.5F;
    cloud.rotations[c + 1] = 0;
  }
  cloud.rotations[0] = 1;
  cloud.opacityLogits[0] = opacityLogit;
  return cloud;
}

/// Draws in RGBA32F with either sort; fails the test on an error.
RenderResult drawn(const GaussianCloud& cloud, const Camera& camera, const RenderOptions& options,
                   SortPlace sort = SortPlace::Fastest) {
  const auto gaussians = renderer::VulkanGaussianRenderer::create(testing::sharedContext(), sort);
  if (!gaussians) {
    ADD_FAILURE() << gaussians.error().message;
    return {};
  }
  const auto scene = (*gaussians)->upload(cloud);
  const auto picture = (*gaussians)
                           ->makePicture(static_cast<std::uint32_t>(camera.width),
                                         static_cast<std::uint32_t>(camera.height),
                                         renderer::PicturePrecision::Float);
  if (!scene || !picture) {
    ADD_FAILURE() << "upload or picture failed";
    return {};
  }
  auto result = (*gaussians)->renderNow(**scene, camera, options, **picture);
  if (!result) {
    ADD_FAILURE() << result.error().message;
    return {};
  }
  return std::move(*result);
}

void expectPlain(const RenderResult& result, const std::array<float, 3>& color) {
  ASSERT_FALSE(result.color.pixels.empty());
  for (std::size_t i = 0; i < result.alpha.pixels.size(); ++i) {
    ASSERT_EQ(result.alpha.pixels[i], 0);
    for (std::size_t c = 0; c < 3; ++c) {
      ASSERT_EQ(result.color.pixels[3 * i + c], color[c]);
    }
  }
}

TEST(GaussianPacking, quaternionsKeepTwentyBits) {
  const GaussianCloud cloud = testing::randomCloud(400, 0, 5);
  const std::size_t stride = VP_GEOMETRY_WORDS;
  std::vector<std::uint32_t> words(cloud.count * (stride + renderer::colourWords(0)));
  renderer::packSplats(cloud, 0, cloud.count, renderer::logScaleRange(cloud), words);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::uint32_t low = words[stride * i + 3];
    const std::uint32_t high = words[stride * i + 4];
    const std::array<std::uint32_t, 3> codes{low & 0xfffffU, low >> 20U | (high & 0xffU) << 12U,
                                             (high >> 8U) & 0xfffffU};
    std::array<double, 4> q{};
    const std::size_t largest = high >> 28U;
    double rest = 1;
    for (std::size_t c = 0, k = 0; c < 4; ++c) {
      if (c != largest) {
        q[c] = (double{static_cast<double>(codes[k++])} - VP_QUATERNION_ZERO) *
               VP_QUATERNION_LIMIT / VP_QUATERNION_ZERO;
        rest -= q[c] * q[c];
      }
    }
    q[largest] = std::sqrt(rest);
    // q and -q are one rotation
    const double sign = cloud.rotations[4 * i + largest] < 0 ? -1 : 1;
    for (std::size_t c = 0; c < 4; ++c) {
      EXPECT_NEAR(sign * cloud.rotations[4 * i + c], q[c], 2e-6);
    }
  }
}

TEST(GaussianPacking, sizesAreAsDocumented) {
  EXPECT_EQ(renderer::colourWords(0), 2U);
  EXPECT_EQ(renderer::colourWords(3), 24U);
  EXPECT_EQ(renderer::colourWords(4), 38U);
  VOLPRESS_NEED_VULKAN();
  const auto gaussians = renderer::VulkanGaussianRenderer::create(testing::sharedContext());
  ASSERT_TRUE(gaussians) << gaussians.error().message;
  const auto scene = (*gaussians)->upload(testing::randomCloud(1000, 3, 1));
  ASSERT_TRUE(scene) << scene.error().message;
  EXPECT_EQ((*scene)->deviceBytes(), 1000U * (28 + 96));
}

TEST(HostSort, isStableAndComplete) {
  VOLPRESS_NEED_VULKAN();
  GaussianCloud cloud = testing::randomCloud(5000, 0, 8);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    cloud.means[3 * i + 2] = std::round(4 * cloud.means[3 * i + 2]) / 4;  // many ties
    cloud.opacityLogits[i] = 1;
  }
  const auto scene = renderer::PackedScene::upload(testing::sharedContext(), cloud);
  ASSERT_TRUE(scene) << scene.error().message;
  if ((*scene)->chunks()[0].mapped() == nullptr) {
    GTEST_SKIP() << "the device's memory is not the host's";
  }
  renderer::HostSort sorter;
  std::vector<std::uint32_t> order(cloud.count);
  const Camera camera = testing::frontCamera(400, 400, 9);
  ASSERT_EQ(sorter.sort(**scene, camera, order), cloud.count);

  std::vector<std::uint32_t> expected(cloud.count);
  std::iota(expected.begin(), expected.end(), 0U);
  std::stable_sort(expected.begin(), expected.end(), [&](std::uint32_t a, std::uint32_t b) {
    return cloud.means[3 * a + 2] > cloud.means[3 * b + 2];  // the camera looks along -z
  });
  EXPECT_EQ(order, expected);
}

TEST(GaussianRenderer, bothSortsDrawTheSamePicture) {
  VOLPRESS_NEED_VULKAN();
  const GaussianCloud cloud = testing::randomCloud(9001, 2, 4);
  for (const float distance : {3.0F, 1.0F}) {
    const Camera camera = testing::frontCamera(160, 120, distance);
    const RenderResult host = drawn(cloud, camera, {}, SortPlace::Fastest);
    const RenderResult device = drawn(cloud, camera, {}, SortPlace::Device);
    // Boxes and triangles round their interpolation differently.
    EXPECT_GE(testing::picturePsnr(host.color, device.color), 70);
    EXPECT_GE(testing::picturePsnr(host.alpha, device.alpha), 70);
  }
}

TEST(GaussianRenderer, emptyCloudIsTheBackground) {
  VOLPRESS_NEED_VULKAN();
  GaussianCloud cloud;
  resizeCloud(cloud, 0, 3);
  RenderOptions options;
  options.background = {0.25F, 0.5F, 1};
  for (const SortPlace sort : {SortPlace::Fastest, SortPlace::Device}) {
    expectPlain(drawn(cloud, testing::frontCamera(33, 17), options, sort), {0.25F, 0.5F, 1});
  }
}

TEST(GaussianRenderer, oneSplatIsTheFormula) {
  VOLPRESS_NEED_VULKAN();
  const Camera camera = testing::frontCamera(65, 65, 2);
  const float opacity = 1 / (1 + std::exp(-2.0F));
  for (const SortPlace sort : {SortPlace::Fastest, SortPlace::Device}) {
    const RenderResult result = drawn(oneSplat({0, 0, 0}, -3), camera, {}, sort);
    ASSERT_EQ(result.alpha.pixels.size(), 65U * 65U);
    const float focalOverDepth = camera.fx / 2;
    const float variance = std::exp(-6.0F) * focalOverDepth * focalOverDepth + renderer::kLowPass;
    for (const std::size_t dx : {0U, 2U, 4U, 9U, 30U}) {
      const float power = -0.5F * static_cast<float>(dx * dx) / variance;
      const float alpha = opacity * std::exp(power);
      const float expected = alpha < renderer::kMinAlpha ? 0 : alpha;
      EXPECT_NEAR(result.alpha.pixels[32 * 65 + 32 + dx], expected, 5e-5);
      EXPECT_NEAR(result.color.pixels[3 * (32 * 65 + 32 + dx)], expected * (0.5F + kSh0 * 0.5F),
                  3e-4);
    }
  }
}

TEST(GaussianRenderer, whatCannotBeSeenIsNotDrawn) {
  VOLPRESS_NEED_VULKAN();
  const Camera camera = testing::frontCamera(40, 30, 2);
  for (const SortPlace sort : {SortPlace::Fastest, SortPlace::Device}) {
    expectPlain(drawn(oneSplat({0, 0, 3}, -2), camera, {}, sort), {0, 0, 0});      // behind
    expectPlain(drawn(oneSplat({0, 0, 1.85F}, -2), camera, {}, sort), {0, 0, 0});  // too near
    expectPlain(drawn(oneSplat({900, 0, 0}, -2), camera, {}, sort), {0, 0, 0});    // aside
    expectPlain(drawn(oneSplat({0, 0, 0}, -2, -9), camera, {}, sort), {0, 0, 0});  // faint
  }
}

TEST(GaussianRenderer, hugeSplatCoversEverything) {
  VOLPRESS_NEED_VULKAN();
  const Camera camera = testing::frontCamera(40, 30, 2);
  for (const float logScale : {6.0F, 15.0F}) {
    const RenderResult result = drawn(oneSplat({0, 0, 0}, logScale), camera, {});
    for (const float alpha : result.alpha.pixels) {
      ASSERT_NEAR(alpha, 1 / (1 + std::exp(-2.0F)), 1e-3);
    }
  }
}

TEST(GaussianRenderer, extremeCloudsGiveFinitePicturesLikeTheSoftwareOnes) {
  VOLPRESS_NEED_VULKAN();
  const auto cloud = std::make_shared<GaussianCloud>(testing::extremeCloud(3000, 3, 6));
  SerialRunner runner;
  const auto software = renderer::makeSoftwareRasterizer(runner);
  const auto prepared = software->prepare(cloud);
  ASSERT_TRUE(prepared) << prepared.error().message;
  const Camera camera = testing::frontCamera(160, 120, 3);
  const auto expected = software->render(**prepared, camera, {});
  ASSERT_TRUE(expected) << expected.error().message;
  for (const SortPlace sort : {SortPlace::Fastest, SortPlace::Device}) {
    const RenderResult result = drawn(*cloud, camera, {}, sort);
    for (const float value : result.color.pixels) {
      ASSERT_TRUE(std::isfinite(value));
    }
    EXPECT_GE(testing::picturePsnr(expected->color, result.color), 60);
  }
}

TEST(GaussianRenderer, absurdNumbersGiveFinitePictures) {
  VOLPRESS_NEED_VULKAN();
  GaussianCloud cloud = testing::extremeCloud(500, 3, 6);
  cloud.logScales[0] = 60;  // past what float pixels can hold
  cloud.logScales[4] = -1e30F;
  cloud.means[3 * 9] = 1e30F;
  cloud.shDc[30] = 1e30F;
  cloud.opacityLogits[11] = 1e30F;
  cloud.rotations[4 * 12] = 1e15F;
  for (const SortPlace sort : {SortPlace::Fastest, SortPlace::Device}) {
    const RenderResult result = drawn(cloud, testing::frontCamera(160, 120, 3), {}, sort);
    for (const float value : result.color.pixels) {
      ASSERT_TRUE(std::isfinite(value));
    }
  }
}

TEST(GaussianRenderer, validationLayerFindsNothing) {
  renderer::ContextOptions options;
  options.validation = true;
  auto context = renderer::VulkanContext::create(options);
  if (!context) {
    GTEST_SKIP() << context.error().message;
  }
  if (!(*context)->hasValidation()) {
    GTEST_SKIP() << "VK_LAYER_KHRONOS_validation is not installed";
  }
  const GaussianCloud cloud = testing::randomCloud(3000, 4, 2);
  for (const SortPlace sort : {SortPlace::Fastest, SortPlace::Device}) {
    const auto gaussians = renderer::VulkanGaussianRenderer::create(*context, sort);
    ASSERT_TRUE(gaussians) << gaussians.error().message;
    const auto scene = (*gaussians)->upload(cloud);
    ASSERT_TRUE(scene) << scene.error().message;
    for (const auto precision :
         {renderer::PicturePrecision::Half, renderer::PicturePrecision::Float}) {
      const auto picture = (*gaussians)->makePicture(64, 48, precision);
      ASSERT_TRUE(picture) << picture.error().message;
      for (int frame = 0; frame < 2; ++frame) {
        const auto result =
            (*gaussians)->renderNow(**scene, testing::frontCamera(64, 48), {}, **picture);
        ASSERT_TRUE(result) << result.error().message;
      }
      ASSERT_TRUE((*picture)->resize(30, 20));
      ASSERT_TRUE((*gaussians)->renderNow(**scene, testing::frontCamera(30, 20), {}, **picture));
    }
  }
  EXPECT_EQ((*context)->validationErrors(), 0U) << (*context)->firstValidationError();
}

TEST(VulkanRasterizer, rendersAndRefusesWhatItHasNot) {
  VOLPRESS_NEED_VULKAN();
  const auto rasterizer = renderer::makeVulkanRasterizer(testing::sharedContext());
  ASSERT_TRUE(rasterizer) << rasterizer.error().message;
  EXPECT_NE((*rasterizer)->name().find(testing::sharedContext()->deviceName()), std::string::npos);
  const auto prepared =
      (*rasterizer)->prepare(std::make_shared<GaussianCloud>(testing::randomCloud(100, 1, 7)));
  ASSERT_TRUE(prepared) << prepared.error().message;
  EXPECT_EQ((*prepared)->count(), 100U);
  const Camera camera = testing::frontCamera(32, 24, 3);
  const auto first = (*rasterizer)->render(**prepared, camera, {});
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->color.width, 32U);
  const auto again = (*rasterizer)->render(**prepared, camera, {});
  ASSERT_TRUE(again);
  EXPECT_EQ(first->color.pixels, again->color.pixels);

  renderer::ContributionScores scores;
  EXPECT_EQ((*rasterizer)->accumulateScores(**prepared, camera, scores, {}).error().code,
            ErrorCode::UnsupportedVersion);
  std::vector<float> gradient(300);
  EXPECT_EQ((*rasterizer)
                ->accumulateColorGradients(**prepared, camera, Image{}, gradient, {})
                .error()
                .code,
            ErrorCode::UnsupportedVersion);
  Camera absurd = camera;
  absurd.width = 1U << 30;
  EXPECT_EQ((*rasterizer)->render(**prepared, absurd, {}).error().code,
            ErrorCode::InvalidParameter);
  std::stop_source stop;
  stop.request_stop();
  RenderOptions stopped;
  stopped.stop = stop.get_token();
  EXPECT_EQ((*rasterizer)->render(**prepared, camera, stopped).error().code, ErrorCode::Cancelled);
}

}  // namespace
}  // namespace volpress
