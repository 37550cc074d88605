// Absurd cameras and clouds, the memory guard, cancelling, and every instruction set.
#include <chrono>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <thread>

#include <gtest/gtest.h>
#include <hwy/targets.h>

#include "renderer/software/depth_order.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "renderer/software/splat_projection.hpp"
#include "renderer/software/tile_blending.hpp"
#include "renderer/software/tile_lists.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

using namespace renderer;

Camera frontCamera(std::size_t width, std::size_t height) {
  return lookAt({0, 0, 3}, {0, 0, 0}, {0, 1, 0}, 1, width, height);
}

Result<RenderResult> draw(const GaussianCloud& cloud, const Camera& camera,
                          const RenderOptions& options = {}) {
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(2);
  const auto rasterizer = makeSoftwareRasterizer(*runner);
  VOLPRESS_TRY(const auto prepared, rasterizer->prepare(std::make_shared<GaussianCloud>(cloud)));
  return rasterizer->render(*prepared, camera, options);
}

void expectFinite(const Result<RenderResult>& result) {
  ASSERT_TRUE(result.has_value()) << result.error().message;
  for (const float value : result->color.pixels) {
    ASSERT_TRUE(std::isfinite(value));
  }
  for (const float value : result->alpha.pixels) {
    ASSERT_TRUE(value >= 0 && value <= 1) << value;
  }
}

TEST(Robustness, PictureSizesOutOfRangeAreRefused) {
  const GaussianCloud cloud = testing::randomCloud(10, 0, 1);
  constexpr std::size_t kHuge = std::numeric_limits<std::size_t>::max();
  for (const auto& [width, height] :
       std::vector<std::pair<std::size_t, std::size_t>>{{0, 10},
                                                        {10, 0},
                                                        {0, 0},
                                                        {kMaxPictureSide + 1, 1},
                                                        {1, kMaxPictureSide + 1},
                                                        {kMaxPictureSide, kMaxPictureSide},
                                                        {kHuge, kHuge},
                                                        {kHuge / 2, 2}}) {
    Camera camera = frontCamera(10, 10);
    camera.width = width;
    camera.height = height;
    const auto result = draw(cloud, camera);
    ASSERT_FALSE(result.has_value()) << width << " x " << height;
    EXPECT_EQ(result.error().code, ErrorCode::InvalidParameter);
  }
}

TEST(Robustness, ThinPicturesDraw) {
  const GaussianCloud cloud = testing::randomCloud(200, 1, 1);
  expectFinite(draw(cloud, frontCamera(1, 1)));
  expectFinite(draw(cloud, frontCamera(17, 1)));
  Camera camera = frontCamera(1, 1);
  camera.width = kMaxPictureSide;
  expectFinite(draw(cloud, camera));
}

TEST(Robustness, CamerasThatAreNotNumbersAreRefused) {
  const GaussianCloud cloud = testing::randomCloud(10, 0, 1);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float inf = std::numeric_limits<float>::infinity();
  std::vector<Camera> cameras(9, frontCamera(20, 20));
  cameras[0].fx = 0;
  cameras[1].fy = -5;
  cameras[2].fx = nan;
  cameras[3].fy = inf;
  cameras[4].cx = nan;
  cameras[5].position[1] = inf;
  cameras[6].rotation[4] = nan;
  cameras[7].nearPlane = nan;
  cameras[8].cy = -inf;
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    const auto result = draw(cloud, cameras[i]);
    ASSERT_FALSE(result.has_value()) << i;
    EXPECT_EQ(result.error().code, ErrorCode::InvalidParameter) << i;
  }
}

TEST(Robustness, AbsurdCamerasDraw) {
  const GaussianCloud cloud = testing::randomCloud(300, 2, 1);
  Camera camera = frontCamera(50, 40);
  camera.nearPlane = 0;
  expectFinite(draw(cloud, camera));
  camera.nearPlane = -1e30F;
  expectFinite(draw(cloud, camera));
  camera.position = {1e38F, -1e38F, 1e38F};
  expectFinite(draw(cloud, camera));
  camera = frontCamera(50, 40);
  camera.rotation.fill(0);
  expectFinite(draw(cloud, camera));
  camera.rotation.fill(1e38F);
  expectFinite(draw(cloud, camera));
  camera = frontCamera(50, 40);
  camera.fx = 1e38F;
  camera.fy = 1e-38F;
  expectFinite(draw(cloud, camera));
  camera = frontCamera(50, 40);
  camera.cx = 1e30F;
  expectFinite(draw(cloud, camera));
}

TEST(Robustness, ExtremeCloudsDraw) {
  for (const FilterMode filter : {FilterMode::Default, FilterMode::Antialiased}) {
    GaussianCloud cloud = testing::extremeCloud(2000, 4, 7);
    cloud.filter = filter;
    expectFinite(draw(cloud, frontCamera(120, 90)));
    expectFinite(draw(cloud, lookAt({0.25F, 0.25F, 0.25F}, {1, 0, 0}, {0, 1, 0}, 2, 120, 90)));
  }
}

TEST(Robustness, NumbersAtTheEndsOfFloatDraw) {
  constexpr float kMax = std::numeric_limits<float>::max();
  const std::vector<float> ends{kMax, -kMax, 1e20F, -1e20F, 100, -100, 1e-45F, 0};
  GaussianCloud cloud = testing::randomCloud(4000, 3, 13);
  std::size_t next = 0;
  const auto spoil = [&](FloatArray& values, std::size_t every) {
    for (std::size_t i = next % every; i < values.size(); i += every) {
      values[i] = ends[next++ % ends.size()];
    }
  };
  spoil(cloud.means, 23);
  spoil(cloud.logScales, 11);
  spoil(cloud.opacityLogits, 5);
  spoil(cloud.shDc, 7);
  spoil(cloud.shRest, 31);
  spoil(cloud.rotations, 17);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    float* q = cloud.rotations.data() + 4 * i;
    if (q[0] == 0 && q[1] == 0 && q[2] == 0 && q[3] == 0) {
      q[0] = 1;
    }
  }
  ASSERT_TRUE(validate(cloud).has_value());
  for (const FilterMode filter : {FilterMode::Default, FilterMode::Antialiased}) {
    cloud.filter = filter;
    expectFinite(draw(cloud, frontCamera(150, 110)));
  }
}

TEST(Robustness, SplatsAcrossTheNearPlaneCoverThePicture) {
  // A huge wall just behind the near plane: every pixel is inside.
  GaussianCloud cloud = testing::randomCloud(1, 0, 1);
  cloud.means[0] = cloud.means[1] = 0;
  cloud.means[2] = 2.79F;
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.logScales[c] = std::log(500.0F);
  }
  cloud.opacityLogits[0] = 10;
  const auto result = draw(cloud, frontCamera(200, 100));
  expectFinite(result);
  for (const float alpha : result->alpha.pixels) {
    ASSERT_NEAR(alpha, 0.99F, 1e-3);
  }
}

TEST(Robustness, MismatchedArraysAreRefused) {
  GaussianCloud cloud = testing::randomCloud(10, 1, 1);
  cloud.shRest.resize(7);
  const auto result = draw(cloud, frontCamera(20, 20));
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::InvalidParameter);
}

/// Draws with a chosen entry budget, stage by stage.
std::vector<float> drawWithBudget(const SoftwareCloud& cloud, const Camera& camera,
                                  std::uint64_t budget, TaskRunner& runner,
                                  std::size_t& longestList, std::size_t& areaCount) {
  ProjectedView view;
  DepthSortScratch sort;
  TileLists lists;
  projectCloud(cloud, camera, {.wanted = true}, {}, runner, view);
  sortByDepth(view.depths, view.slots, {}, runner, sort);
  const auto tilesX = static_cast<std::uint32_t>((camera.width + kTileSize - 1) / kTileSize);
  const auto tilesY = static_cast<std::uint32_t>((camera.height + kTileSize - 1) / kTileSize);
  std::vector<float> color(3 * camera.width * camera.height, -1.0F);
  std::vector<float> alpha(camera.width * camera.height, -1.0F);
  const auto areas =
      planTileAreas(view.splats, view.slots, view.tileBound, tilesX, tilesY, budget, {});
  areaCount = areas.size();
  longestList = 0;
  for (const TileArea area : areas) {
    listTiles(view.splats, view.slots, area, {}, runner, lists);
    if (area.tiles() > 1) {
      longestList = std::max(longestList, lists.entries.size());
    }
    for (std::size_t tile = 0; tile < area.tiles(); ++tile) {
      const std::size_t columns = area.right - area.left;
      const std::span<const std::uint32_t> slots(lists.entries);
      const TileJob job{
          view.splats,
          slots.subspan(lists.offsets[tile], lists.offsets[tile + 1] - lists.offsets[tile]),
          (area.left + tile % columns) * kTileSize,
          (area.top + tile / columns) * kTileSize,
          camera.width,
          camera.height};
      blendTile(job, {0, 0, 0}, {}, color.data(), alpha.data(), nullptr);
    }
  }
  return color;
}

TEST(Robustness, MemoryGuardCutsThePictureWithoutASeam) {
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(2);
  const Camera camera = frontCamera(330, 250);
  const auto cloud =
      activateCloud(std::make_shared<GaussianCloud>(testing::randomCloud(3000, 0, 8)), *runner);
  std::size_t longest = 0;
  std::size_t areas = 0;
  const std::vector<float> whole =
      drawWithBudget(**cloud, camera, kTileEntryBudget, *runner, longest, areas);
  EXPECT_EQ(areas, 1U);
  for (const std::uint64_t budget : {3000U, 700U, 100U, 1U}) {
    EXPECT_EQ(whole, drawWithBudget(**cloud, camera, budget, *runner, longest, areas)) << budget;
    EXPECT_LE(longest, budget);
    EXPECT_GT(areas, 1U);
  }
}

TEST(Robustness, CancelIsHonouredSoon) {
  // Minutes of work: each splat covers the picture and hardly hides what lies behind.
  GaussianCloud cloud = testing::randomCloud(150000, 0, 2);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    cloud.opacityLogits[i] = -5.2F;
    cloud.logScales[3 * i] = cloud.logScales[3 * i + 1] = cloud.logScales[3 * i + 2] = 2;
  }
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(2);
  const auto rasterizer = makeSoftwareRasterizer(*runner);
  const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
  double shortest = 1e9;
  for (const int delay : {20, 60, 200, 400}) {
    std::stop_source source;
    RenderOptions options;
    options.stop = source.get_token();
    std::chrono::steady_clock::time_point asked;
    std::thread canceller([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(delay));
      asked = std::chrono::steady_clock::now();
      source.request_stop();
    });
    const auto result = rasterizer->render(**prepared, frontCamera(1920, 1080), options);
    const auto ended = std::chrono::steady_clock::now();
    canceller.join();
    ASSERT_FALSE(result.has_value());
    EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
    shortest = std::min(shortest, std::chrono::duration<double, std::milli>(ended - asked).count());
  }
  // The shortest of several, since a busy machine can delay any one of them.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  EXPECT_LE(shortest, 1000);
#else
  EXPECT_LE(shortest, 50);
#endif
}

TEST(Robustness, EveryInstructionSetDrawsTheSamePicture) {
  GaussianCloud cloud = testing::randomCloud(5000, 3, 21);
  cloud.filter = FilterMode::Antialiased;
  const Camera camera = frontCamera(201, 133);
  struct Outcome {
    std::vector<float> pixels;
    ContributionScores scores;
    std::vector<float> gradient;
    renderer::CloudGradients gradients;
  };
  const auto run = [&] {
    SerialRunner runner;
    const auto rasterizer = makeSoftwareRasterizer(runner);
    const auto prepared = rasterizer->prepare(std::make_shared<GaussianCloud>(cloud));
    Outcome out;
    const auto picture = rasterizer->render(**prepared, camera, {});
    out.pixels = picture->color.pixels;
    EXPECT_TRUE(rasterizer->accumulateScores(**prepared, camera, out.scores, {}));
    out.gradient.resize(3 * cloud.count);
    EXPECT_TRUE(
        rasterizer->accumulateColorGradients(**prepared, camera, picture->color, out.gradient, {}));
    const auto frame = rasterizer->renderDifferentiable(**prepared, camera, {});
    EXPECT_EQ((*frame)->color().pixels, out.pixels);
    EXPECT_TRUE((*frame)->accumulateGradients(picture->color, out.gradients, {}));
    return out;
  };
  const Outcome native = run();
  constexpr std::int64_t kWithFma = HWY_AVX2 | HWY_AVX3 | HWY_AVX3_DL;
  const bool nativeHasFma = (hwy::SupportedTargets() & kWithFma) != 0;
  for (const std::int64_t target : hwy::SupportedAndGeneratedTargets()) {
    hwy::SetSupportedTargetsForTest(target);
    hwy::GetChosenTarget().DeInit();
    const Outcome other = run();
    if (nativeHasFma && (target & kWithFma) != 0) {
      EXPECT_EQ(native.pixels, other.pixels) << hwy::TargetName(target);
      EXPECT_EQ(native.scores.hits, other.scores.hits);
      EXPECT_EQ(native.scores.opacityTransmittance, other.scores.opacityTransmittance);
      EXPECT_EQ(native.scores.alphaTransmittance, other.scores.alphaTransmittance);
      EXPECT_EQ(native.gradient, other.gradient);
      EXPECT_EQ(native.gradients.means, other.gradients.means);
      EXPECT_EQ(native.gradients.rotations, other.gradients.rotations);
      EXPECT_EQ(native.gradients.opacityLogits, other.gradients.opacityLogits);
      EXPECT_EQ(native.gradients.shRest, other.gradients.shRest);
    } else {  // products are rounded before they are added
      double sum = 0;
      for (std::size_t i = 0; i < native.pixels.size(); ++i) {
        const double difference =
            static_cast<double>(native.pixels[i]) - static_cast<double>(other.pixels[i]);
        sum += difference * difference;
      }
      EXPECT_LT(sum / static_cast<double>(native.pixels.size()), 1e-9) << hwy::TargetName(target);
    }
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
}

TEST(DepthOrder, SortsStablyOnAnyNumberOfThreads) {
  for (const std::size_t count : {0U, 1U, 2U, 1000U, 100000U}) {
    for (const std::size_t threads : {1U, 2U, 7U}) {
      const std::unique_ptr<TaskRunner> runner = makeThreadRunner(threads);
      Uninitialised<std::uint32_t> keys(count);
      Uninitialised<std::uint32_t> values(count);
      for (std::size_t i = 0; i < count; ++i) {
        const auto mixed = static_cast<std::uint32_t>(i * 2654435761U);
        keys[i] = i % 3 == 0 ? mixed : mixed % 50;  // many ties
        values[i] = static_cast<std::uint32_t>(i);
      }
      const Uninitialised<std::uint32_t> unsorted = keys;
      std::vector<std::uint32_t> expected(count);
      std::iota(expected.begin(), expected.end(), 0U);
      std::stable_sort(expected.begin(), expected.end(),
                       [&](std::uint32_t a, std::uint32_t b) { return unsorted[a] < unsorted[b]; });
      DepthSortScratch scratch;
      sortByDepth(keys, values, {}, *runner, scratch);
      EXPECT_TRUE(std::equal(values.begin(), values.end(), expected.begin(), expected.end()));
      EXPECT_TRUE(std::is_sorted(keys.begin(), keys.end()));
    }
  }
}

}  // namespace
}  // namespace volpress
