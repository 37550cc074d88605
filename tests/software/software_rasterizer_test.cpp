// Pictures against paper and pencil and against a second implementation.
#include "renderer/software/software_rasterizer.hpp"

#include <cmath>
#include <memory>

#include <gtest/gtest.h>

#include "tests/software/reference_renderer.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

using renderer::RenderOptions;
using renderer::RenderResult;

constexpr float kPi = 3.14159265358979F;

RenderResult draw(const GaussianCloud& cloud, const Camera& camera,
                  const RenderOptions& options = {}, std::size_t threads = 2) {
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(threads);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  EXPECT_TRUE(prepared.has_value()) << prepared.error().message;
  Result<RenderResult> result = rasterizer->render(**prepared, camera, options);
  EXPECT_TRUE(result.has_value()) << result.error().message;
  return std::move(*result);
}

struct SplatSpec {
  std::array<float, 3> mean;
  float scale;
  float opacity;
  std::array<float, 3> color;
};

GaussianCloud makeCloud(const std::vector<SplatSpec>& specs) {
  GaussianCloud cloud;
  resizeCloud(cloud, specs.size(), 0);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * i + c] = specs[i].mean[c];
      cloud.logScales[3 * i + c] = std::log(specs[i].scale);
      cloud.shDc[3 * i + c] = (specs[i].color[c] - 0.5F) / kSh0;
      cloud.rotations[4 * i + c + 1] = 0;
    }
    cloud.rotations[4 * i] = 1;
    cloud.opacityLogits[i] = std::log(specs[i].opacity / (1 - specs[i].opacity));
  }
  return cloud;
}

/// Looks along +z from the origin; a splat at (0, 0, z) lands on the centre of pixel (20, 12).
Camera smallCamera() {
  Camera camera;
  camera.width = 41;
  camera.height = 25;
  camera.fx = camera.fy = 32;
  camera.cx = 20.5F;
  camera.cy = 12.5F;
  return camera;
}

float pixel(const Image& image, std::size_t x, std::size_t y, std::size_t c) {
  return image.pixels[(y * image.width + x) * image.channels + c];
}

TEST(SoftwareRasterizer, OneSplatMatchesTheFormulaOnEveryPixel) {
  // Scale 0.25 at depth 4 is 2 pixels: variance 4 + 0.3.
  const GaussianCloud cloud = makeCloud({{{0, 0, 4}, 0.25F, 0.8F, {0.9F, 0.4F, 0.1F}}});
  RenderOptions options;
  options.background = {0.2F, 0.3F, 0.5F};
  const RenderResult result = draw(cloud, smallCamera(), options);
  const double variance = 4.3;
  for (std::size_t y = 0; y < 25; ++y) {
    for (std::size_t x = 0; x < 41; ++x) {
      const double dx = static_cast<double>(x) - 20;
      const double dy = static_cast<double>(y) - 12;
      double alpha = 0.8 * std::exp(-0.5 * (dx * dx + dy * dy) / variance);
      alpha = alpha < 1.0 / 255 ? 0 : alpha;
      ASSERT_NEAR(static_cast<double>(pixel(result.alpha, x, y, 0)), alpha, 1e-5) << x << "," << y;
      const std::array<double, 3> color{0.9, 0.4, 0.1};
      for (std::size_t c = 0; c < 3; ++c) {
        const double expected =
            alpha * color[c] + (1 - alpha) * static_cast<double>(options.background[c]);
        ASSERT_NEAR(static_cast<double>(pixel(result.color, x, y, c)), expected, 1e-5);
      }
    }
  }
}

TEST(SoftwareRasterizer, TwoSplatsCompositeFrontToBackWhateverTheirOrder) {
  const SplatSpec front{{0, 0, 3}, 0.2F, 0.5F, {1, 0, 0}};
  const SplatSpec back{{0, 0, 5}, 0.3F, 0.6F, {0, 1, 0}};
  for (const auto& specs : {std::vector{front, back}, std::vector{back, front}}) {
    const RenderResult result = draw(makeCloud(specs), smallCamera());
    EXPECT_NEAR(pixel(result.color, 20, 12, 0), 0.5, 1e-5);
    EXPECT_NEAR(pixel(result.color, 20, 12, 1), 0.5 * 0.6, 1e-5);
    EXPECT_NEAR(pixel(result.alpha, 20, 12, 0), 1 - 0.5 * 0.4, 1e-5);
  }
}

TEST(SoftwareRasterizer, EqualDepthsKeepSplatOrder) {
  const SplatSpec red{{0, 0, 3}, 0.2F, 0.9F, {1, 0, 0}};
  const SplatSpec green{{0, 0, 3}, 0.2F, 0.9F, {0, 1, 0}};
  EXPECT_NEAR(pixel(draw(makeCloud({red, green}), smallCamera()).color, 20, 12, 0), 0.9, 1e-5);
  EXPECT_NEAR(pixel(draw(makeCloud({green, red}), smallCamera()).color, 20, 12, 0), 0.09, 1e-5);
}

TEST(SoftwareRasterizer, StopsBeforeTransmittanceFallsUnderTheLimit) {
  std::vector<SplatSpec> specs;
  specs.reserve(4);
  for (int i = 0; i < 4; ++i) {
    specs.push_back({{0, 0, 3 + 0.1F * static_cast<float>(i)}, 1, 0.98F, {1, 1, 1}});
  }
  const RenderResult result = draw(makeCloud(specs), smallCamera());
  // 0.02^2 = 4e-4 stays; with the third splat 0.02^3 = 8e-6 would fall under 1e-4.
  EXPECT_NEAR(pixel(result.alpha, 20, 12, 0), 1 - 4e-4, 1e-6);
}

TEST(SoftwareRasterizer, AlphaIsCappedAt99Percent) {
  const RenderResult result =
      draw(makeCloud({{{0, 0, 3}, 0.5F, 0.9999F, {1, 1, 1}}}), smallCamera());
  EXPECT_NEAR(pixel(result.alpha, 20, 12, 0), 0.99, 1e-6);
}

TEST(SoftwareRasterizer, NearPlaneCullsByDepthOfTheMean) {
  Camera camera = smallCamera();
  camera.nearPlane = 1;
  const auto alphaAt = [&](float depth) {
    return pixel(draw(makeCloud({{{0, 0, depth}, 0.3F, 0.5F, {1, 1, 1}}}), camera).alpha, 20, 12,
                 0);
  };
  EXPECT_EQ(alphaAt(0.999F), 0);
  EXPECT_NEAR(alphaAt(1.0F), 0.5F, 1e-5);
  EXPECT_EQ(alphaAt(-3), 0);
}

TEST(SoftwareRasterizer, AntialiasedFilterScalesOpacity) {
  // Variance 0.04 px^2 (scale 0.025 at depth 4): sqrt(det before / det after) = 0.04 / 0.34.
  GaussianCloud cloud = makeCloud({{{0, 0, 4}, 0.025F, 0.8F, {1, 1, 1}}});
  EXPECT_NEAR(pixel(draw(cloud, smallCamera()).alpha, 20, 12, 0), 0.8, 1e-5);
  cloud.filter = FilterMode::Antialiased;
  EXPECT_NEAR(pixel(draw(cloud, smallCamera()).alpha, 20, 12, 0), 0.8 * 0.04 / 0.34, 1e-5);
}

TEST(SoftwareRasterizer, ViewDependentColourFollowsEveryBand) {
  // Seen from several sides, each coefficient alone, against the basis of the second
  // implementation.
  for (std::size_t k = 0; k < shRestCount(4); ++k) {
    GaussianCloud cloud = makeCloud({{{0, 0, 0}, 0.25F, 0.8F, {0.5F, 0.5F, 0.5F}}});
    cloud.shDegree = 4;
    cloud.shRest.assign(3 * shRestCount(4), 0.0F);
    cloud.shRest[3 * k] = 0.4F;
    cloud.shRest[3 * k + 1] = -0.3F;
    cloud.shRest[3 * k + 2] = 0.2F;
    const Camera camera = lookAt({1.1F, -0.7F, 2.3F}, {0, 0, 0}, {0, 1, 0}, 1, 24, 20);
    const RenderResult result = draw(cloud, camera);
    const auto reference = testing::renderReference(cloud, camera, {0, 0, 0});
    for (std::size_t i = 0; i < reference.color.size(); ++i) {
      ASSERT_NEAR(static_cast<double>(result.color.pixels[i]), reference.color[i], 1e-5) << k;
    }
  }
}

class AgainstReference : public ::testing::TestWithParam<unsigned> {};

TEST_P(AgainstReference, RandomCloudsAgree) {
  const unsigned degree = GetParam();
  GaussianCloud cloud = testing::randomCloud(700, degree, 17 + degree);
  cloud.filter = degree % 2 == 0 ? FilterMode::Default : FilterMode::Antialiased;
  const std::vector<Camera> cameras{
      lookAt({0, 0, 4}, {0, 0, 0}, {0, 1, 0}, kPi / 3, 150, 101),
      lookAt({1.2F, 0.4F, -1.1F}, {0, 0.2F, 0}, {0, 1, 0}, 1.4F, 97, 130),
      lookAt({0.1F, 0.1F, 0.1F}, {1, 0, 0}, {0, 1, 0}, 1.2F, 64, 64)};
  for (const Camera& camera : cameras) {
    RenderOptions options;
    options.background = {0.1F, 0.7F, 0.4F};
    const RenderResult result = draw(cloud, camera, options);
    const auto reference = testing::renderReference(
        cloud, camera,
        {static_cast<double>(0.1F), static_cast<double>(0.7F), static_cast<double>(0.4F)});
    // What differs are pixels whose alpha lies within rounding of 1/255.
    const double psnr = testing::referencePsnr(reference, result.color);
    EXPECT_GE(psnr, 80) << "degree " << degree;
    RecordProperty("psnr", std::to_string(psnr));
  }
}

INSTANTIATE_TEST_SUITE_P(Degrees, AgainstReference, ::testing::Values(0U, 1U, 2U, 3U, 4U));

TEST(SoftwareRasterizer, MaxShDegreeIgnoresTheBandsAbove) {
  const GaussianCloud cloud = testing::randomCloud(400, 3, 5);
  const Camera camera = lookAt({0, 0, 3}, {0, 0, 0}, {0, 1, 0}, 1, 80, 60);
  for (const unsigned degree : {0U, 1U, 2U}) {
    RenderOptions options;
    options.maxShDegree = degree;
    EXPECT_EQ(draw(cloud, camera, options).color.pixels,
              draw(withShDegree(cloud, degree), camera).color.pixels);
  }
}

TEST(SoftwareRasterizer, NeedlesAndSlabsKeepTheirShape) {
  // Strong anisotropy at odd angles, large on screen: where an expanded conic loses its digits.
  GaussianCloud cloud = testing::randomCloud(60, 0, 3);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    cloud.logScales[3 * i] = std::log(1.5F);
    cloud.logScales[3 * i + 1] = std::log(0.0005F);
    cloud.logScales[3 * i + 2] = std::log(i % 2 == 0 ? 0.0005F : 1.0F);
    cloud.opacityLogits[i] = -1;
  }
  const Camera camera = lookAt({0.3F, 0.2F, 3}, {0, 0, 0}, {0, 1, 0}, 1, 200, 160);
  const auto reference = testing::renderReference(cloud, camera, {0, 0, 0});
  EXPECT_GE(testing::referencePsnr(reference, draw(cloud, camera).color), 70);
}

TEST(SoftwareRasterizer, SameBitsOnAnyNumberOfThreads) {
  const GaussianCloud cloud = testing::randomCloud(40000, 2, 9);
  const Camera camera = lookAt({0, 0, 3}, {0, 0, 0}, {0, 1, 0}, 1, 333, 217);
  const RenderResult one = draw(cloud, camera, {}, 1);
  for (const std::size_t threads : {2U, 3U, 8U}) {
    const RenderResult many = draw(cloud, camera, {}, threads);
    EXPECT_EQ(one.color.pixels, many.color.pixels) << threads;
    EXPECT_EQ(one.alpha.pixels, many.alpha.pixels) << threads;
  }
}

TEST(SoftwareRasterizer, EmptyCloudShowsTheBackground) {
  RenderOptions options;
  options.background = {0.25F, 0.5F, 0.75F};
  GaussianCloud cloud;
  resizeCloud(cloud, 0, 0);
  const RenderResult result = draw(cloud, smallCamera(), options);
  for (std::size_t i = 0; i < result.color.pixels.size(); ++i) {
    ASSERT_EQ(result.color.pixels[i], options.background[i % 3]);
  }
}

}  // namespace
}  // namespace volpress
