// The Vulkan picture against the software rasteriser's.
#include <array>
#include <cmath>
#include <memory>
#include <numbers>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "renderer/software/software_rasterizer.hpp"
#include "renderer/vulkan/gaussian_renderer.hpp"
#include "renderer/vulkan/vulkan_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/cameras_json.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"
#include "tests/vulkan/gpu_fixture.hpp"

namespace volpress {
namespace {

using renderer::PicturePrecision;
using renderer::RenderOptions;
using testing::picturePsnr;

constexpr double kRequiredDb = 50;

/// Draws a cloud from each camera by both paths, in both precisions.
void expectAgreement(const std::shared_ptr<const GaussianCloud>& cloud,
                     const std::vector<Camera>& cameras, const RenderOptions& options = {}) {
  const auto runner = makeThreadRunner();
  const auto software = renderer::makeSoftwareRasterizer(*runner);
  const auto prepared = software->prepare(cloud);
  ASSERT_TRUE(prepared) << prepared.error().message;
  const auto vulkan = renderer::VulkanGaussianRenderer::create(testing::sharedContext());
  ASSERT_TRUE(vulkan) << vulkan.error().message;
  const auto scene = (*vulkan)->upload(*cloud);
  ASSERT_TRUE(scene) << scene.error().message;

  for (const Camera& camera : cameras) {
    const auto expected = software->render(**prepared, camera, options);
    ASSERT_TRUE(expected) << expected.error().message;
    for (const PicturePrecision precision : {PicturePrecision::Half, PicturePrecision::Float}) {
      const auto picture =
          (*vulkan)->makePicture(static_cast<std::uint32_t>(camera.width),
                                 static_cast<std::uint32_t>(camera.height), precision);
      ASSERT_TRUE(picture) << picture.error().message;
      const auto drawn = (*vulkan)->renderNow(**scene, camera, options, **picture);
      ASSERT_TRUE(drawn) << drawn.error().message;
      const double psnr = picturePsnr(expected->color, drawn->color);
      const double alphaPsnr = picturePsnr(expected->alpha, drawn->alpha);
      EXPECT_GE(psnr, kRequiredDb);
      EXPECT_GE(alphaPsnr, kRequiredDb);
    }
  }
}

std::vector<Camera> camerasAround(std::size_t width, std::size_t height, float distance) {
  std::vector<Camera> cameras{testing::frontCamera(width, height, distance)};
  for (const float angle : {1.1F, 2.6F}) {
    cameras.push_back(lookAt({distance * std::sin(angle), -0.4F, distance * std::cos(angle)},
                             {0, 0, 0}, {0, 1, 0}, std::numbers::pi_v<float> / 3, width, height));
  }
  return cameras;
}

TEST(VulkanAgreement, randomCloudsOfEveryShDegree) {
  VOLPRESS_NEED_VULKAN();
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    expectAgreement(std::make_shared<GaussianCloud>(testing::randomCloud(20000, degree, degree)),
                    camerasAround(320, 240, 3));
  }
}

TEST(VulkanAgreement, backgroundShLimitAndAntialiasing) {
  VOLPRESS_NEED_VULKAN();
  auto cloud = std::make_shared<GaussianCloud>(testing::randomCloud(5000, 3, 9));
  cloud->filter = FilterMode::Antialiased;
  RenderOptions options;
  options.background = {0.2F, 0.9F, 0.4F};
  options.maxShDegree = 1;
  expectAgreement(cloud, camerasAround(200, 300, 8), options);
}

/// A real scene from three sides, at `distance` units from its own middle.
void expectRealAgreement(std::string_view path, float distance) {
  auto cloud = testing::realCloud(path);
  if (!cloud) {
    GTEST_SKIP() << path << " is not on this machine";
  }
  auto centred = std::make_shared<GaussianCloud>(*cloud);
  std::array<double, 3> middle{};
  for (std::size_t i = 0; i < cloud->means.size(); ++i) {
    middle[i % 3] += cloud->means[i];
  }
  for (std::size_t i = 0; i < centred->means.size(); ++i) {
    centred->means[i] -= static_cast<float>(middle[i % 3] / static_cast<double>(cloud->count));
  }
  expectAgreement(centred, camerasAround(480, 360, distance));
}

TEST(VulkanAgreement, biker) {
  VOLPRESS_NEED_VULKAN();
  expectRealAgreement("splats/biker.spz", 2);
}

TEST(VulkanAgreement, playbot) {
  VOLPRESS_NEED_VULKAN();
  expectRealAgreement("splats/playbot_lod/0_0/meta.json", 2);
}

TEST(VulkanAgreement, cityPark) {
  VOLPRESS_NEED_VULKAN();
  expectRealAgreement("splats/city_park_lod/4_0/meta.json", 100);
}

TEST(VulkanAgreement, foxFromItsOwnCameras) {
  VOLPRESS_NEED_VULKAN();
  const auto cloud = testing::realCloud("splats/fox_sh3.ply");
  const auto path = testing::realData("cameras/fox_sh3_cameras.json");
  if (!cloud || !path) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const auto file = MappedFile::open(*path);
  ASSERT_TRUE(file) << file.error().message;
  const auto views = formats::parseCamerasJson(file->bytes());
  ASSERT_TRUE(views) << views.error().message;
  ASSERT_GE(views->size(), 3U);
  const std::size_t last = views->size() - 1;
  expectAgreement(cloud, {(*views)[0].camera, (*views)[last / 2].camera, (*views)[last].camera});
}

}  // namespace
}  // namespace volpress
