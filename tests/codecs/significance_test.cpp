#include "compressors/stages/significance.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

#include <gtest/gtest.h>

#include "renderer/software/software_rasterizer.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::coding {
namespace {

float logit(float opacity) { return std::log(opacity / (1 - opacity)); }

/// Round splats of radius 0.5 on the axis of a camera at the origin that looks along +z.
GaussianCloud splatsInARow(const std::vector<float>& depths, const std::vector<float>& opacities) {
  GaussianCloud cloud;
  resizeCloud(cloud, depths.size(), 0);
  for (std::size_t i = 0; i < depths.size(); ++i) {
    std::fill_n(cloud.means.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, 0.0F);
    cloud.means[3 * i + 2] = depths[i];
    std::fill_n(cloud.logScales.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, std::log(0.5F));
    std::fill_n(cloud.rotations.begin() + static_cast<std::ptrdiff_t>(4 * i), 4, 0.0F);
    cloud.rotations[4 * i] = 1;
    cloud.opacityLogits[i] = logit(opacities[i]);
    std::fill_n(cloud.shDc.begin() + static_cast<std::ptrdiff_t>(3 * i), 3, 0.5F);
  }
  return cloud;
}

Camera onePixel() {
  Camera camera;
  camera.width = camera.height = 1;
  camera.fx = camera.fy = 10;
  camera.cx = camera.cy = 0.5F;
  return camera;
}

Result<Significance> score(const GaussianCloud& cloud, const std::vector<Camera>& cameras,
                           ScoreOptions options = {}) {
  SerialRunner runner;
  Progress progress;
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  compressors::RunContext context{runner, progress, {}, rasterizer.get()};
  return scoreSplats(cloud, cameras, options, context);
}

TEST(Significance, IsOpacityTimesTransmittanceTimesVolume) {
  // Both splats have their peak on the only pixel: S1 = o1, S2 = o2 (1 - o1); equal volumes.
  const GaussianCloud cloud = splatsInARow({2, 3}, {0.6F, 0.7F});
  const Significance result = *score(cloud, {onePixel()});
  const double unit = std::ldexp(1.0, renderer::kScoreFractionBits);
  EXPECT_NEAR(result.score[0] / unit, 0.6, 1e-6);
  EXPECT_NEAR(result.score[1] / unit, 0.7 * 0.4, 1e-6);
  EXPECT_EQ(result.unseen, 0U);
}

TEST(Significance, OfMesonGsCountsWhatReachesThePixel) {
  // Seen off its peak, a splat contributes its fall-off too: alpha = o exp(-d^2 / 2 sigma^2), with
  // sigma = 10 * 0.5 / 2 px at depth 2, plus the low-pass, and the pixel's centre 0.5 px off.
  Camera camera = onePixel();
  camera.cx = 0;
  camera.cy = 0.5F;
  const GaussianCloud cloud = splatsInARow({2}, {0.6F});
  const Significance result =
      *score(cloud, {camera}, {ScoreKind::WeightedContribution, VolumeNorm::None, 0.1, false});
  const double unit = std::ldexp(1.0, renderer::kScoreFractionBits);
  const double variance = 2.5 * 2.5 + static_cast<double>(renderer::kLowPass);
  EXPECT_NEAR(result.score[0] / unit, 0.6 * std::exp(-0.25 / 2 / variance), 1e-5);
}

TEST(Significance, IsZeroBehindOpaqueSplats) {
  std::vector<float> depths(31);
  std::iota(depths.begin(), depths.end(), 2.0F);
  std::vector<float> opacities(31, 0.95F);
  const Significance result = *score(splatsInARow(depths, opacities), {onePixel()});
  EXPECT_GT(result.score[0], 0);
  EXPECT_EQ(result.score[30], 0);
  EXPECT_GT(result.unseen, 20U);
  ScoreOptions keep;
  keep.keepUnseen = true;
  const Significance kept = *score(splatsInARow(depths, opacities), {onePixel()}, keep);
  EXPECT_GT(kept.score[30], kept.score[0]);
}

TEST(Significance, DoesNotDependOnTheOrderOfSplatsOrCameras) {
  const GaussianCloud cloud = testing::randomCloud(400, 0, 11);
  std::vector<Camera> cameras;
  for (int i = 0; i < 4; ++i) {
    const float angle = 1.5F * static_cast<float>(i);
    cameras.push_back(
        lookAt({6 * std::sin(angle), -1, 6 * std::cos(angle)}, {0, 0, 0}, {0, 1, 0}, 0.8F, 64, 48));
  }
  const Significance straight = *score(cloud, cameras);
  std::vector<std::uint32_t> order(cloud.count);
  std::iota(order.begin(), order.end(), 0U);
  std::shuffle(order.begin(), order.end(), std::mt19937(3));
  std::reverse(cameras.begin(), cameras.end());
  const Significance shuffled = *score(gatherSplats(cloud, order), cameras);
  for (std::size_t i = 0; i < order.size(); ++i) {
    ASSERT_EQ(shuffled.score[i], straight.score[order[i]]);
  }
}

TEST(VolumeFactors, FollowTheReleasedCodeOrThePaper) {
  GaussianCloud cloud = testing::randomCloud(10, 0, 2);
  for (std::size_t i = 0; i < 10; ++i) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      cloud.logScales[3 * i + axis] = static_cast<float>(i);  // log volume 3 i
    }
  }
  // Released: descending element 9 is the smallest volume, no clamp.
  const auto released = volumeFactors(cloud, VolumeNorm::None, 0.1);
  EXPECT_NEAR(released[0], 1.0, 1e-12);
  EXPECT_NEAR(released[5], std::exp(0.1 * 15), 1e-9);
  EXPECT_NEAR(released[9], std::exp(0.1 * 27), 1e-9);
  // Paper: the 90th percentile from below is element 9, and nothing exceeds 1.
  const auto clamped = volumeFactors(cloud, VolumeNorm::Clamp90, 0.1);
  EXPECT_NEAR(clamped[9], 1.0, 1e-12);
  EXPECT_NEAR(clamped[5], std::exp(0.1 * -12), 1e-9);
  EXPECT_LE(*std::max_element(clamped.begin(), clamped.end()), 1.0);
}

TEST(KeptSplats, RemovesAnExactCountByRank) {
  const std::vector<double> score{3, 1, 2, 1, 1, 5, 4};
  EXPECT_EQ(keptSplats(score, 0), (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6}));
  // floor(0.5 * 7) = 3 go: the three ones.
  EXPECT_EQ(keptSplats(score, 0.5), (std::vector<std::uint32_t>{0, 2, 5, 6}));
  // Two of the three equal ones go, lower indices first.
  EXPECT_EQ(keptSplats(score, 0.3), (std::vector<std::uint32_t>{0, 2, 4, 5, 6}));
  // All equal: the released rule would delete everything.
  const std::vector<double> equal(100, 0.0);
  for (const double share : {0.0, 0.2, 0.4, 0.66, 0.8}) {
    EXPECT_EQ(keptSplats(equal, share).size(),
              100 - static_cast<std::size_t>(std::floor(share * 100)));
  }
}

TEST(TrainingCameras, LeaveOutWhatIsHeldOut) {
  ViewSet set{"test", {}};
  for (std::size_t i = 0; i < 4; ++i) {
    View view{"v", {}, i == 1};
    view.camera.width = 10 + i;
    set.views.push_back(view);
  }
  const auto cameras = trainingCameras(&set);
  ASSERT_EQ(cameras.size(), 3U);
  EXPECT_EQ(cameras[1].width, 12U);
  EXPECT_TRUE(trainingCameras(nullptr).empty());
}

}  // namespace
}  // namespace volpress::coding
