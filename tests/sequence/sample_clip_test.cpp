// The generated clips: what they promise to be.
#include "scene/sequence/sample_clip.hpp"

#include <algorithm>
#include <cmath>

#include <gtest/gtest.h>

#include "scene/base/rotations.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

ClipOptions tinyClip() {
  ClipOptions options;
  options.frames = 30;
  options.splats = 3000;
  return options;
}

TEST(SampleClip, isTheSameOnAnyThreadsAndInAnyOrder) {
  SerialRunner serial;
  const auto threads = makeThreadRunner(2);
  ClipOptions options = tinyClip();
  options.births = 0.1;
  options.shuffle = true;
  const auto one = makeSampleClip(options, {}, serial);
  const auto two = makeSampleClip(options, {}, *threads);
  const GaussianCloud late = one->load(20, serial, {}).value();
  ASSERT_TRUE(two->load(3, *threads, {}));
  const GaussianCloud again = two->load(20, *threads, {}).value();
  EXPECT_EQ(late.means, again.means);
  EXPECT_EQ(late.shDc, again.shDc);
  options.seed = 2;
  EXPECT_NE(makeSampleClip(options, {}, serial)->load(20, serial, {}).value().shDc, late.shDc);
}

TEST(SampleClip, figureIsAFigure) {
  SerialRunner runner;
  const ClipOptions options = tinyClip();
  const auto clip = makeSampleClip(options, {}, runner);
  for (const std::size_t frame : {0U, 11U, 29U}) {
    const GaussianCloud cloud = clip->load(frame, runner, {}).value();
    EXPECT_EQ(cloud.count, options.splats);
    EXPECT_EQ(cloud.shDegree, 1U);
    ASSERT_TRUE(validate(cloud));
    const Bounds bounds = meanBounds(cloud);
    // Up is -Y: the head about 1.75 m above the floor, the feet near it.
    EXPECT_NEAR(bounds.min[1], -1.77F, 0.08F);
    EXPECT_NEAR(bounds.max[1], 0.0F, 0.12F);
    EXPECT_LT(bounds.max[0] - bounds.min[0], 1.3F);
  }
}

TEST(SampleClip, jitterHasTheSizeThatIsAskedFor) {
  SerialRunner runner;
  ClipOptions options = tinyClip();
  options.jitter = 0;
  const GaussianCloud still = makeSampleClip(options, {}, runner)->load(7, runner, {}).value();
  options.jitter = 2;
  const GaussianCloud moved = makeSampleClip(options, {}, runner)->load(7, runner, {}).value();
  const auto deviation = [](const FloatArray& a, const FloatArray& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
      sum += std::pow(static_cast<double>(a[i]) - static_cast<double>(b[i]), 2);
    }
    return std::sqrt(sum / static_cast<double>(a.size()));
  };
  EXPECT_NEAR(deviation(still.shDc, moved.shDc), 0.04, 0.002);
  EXPECT_NEAR(deviation(still.opacityLogits, moved.opacityLogits), 0.1, 0.005);
  EXPECT_EQ(still.means, moved.means);
  EXPECT_EQ(still.logScales, moved.logScales);
}

TEST(SampleClip, aSceneThatIsBentKeepsItsSplats) {
  SerialRunner runner;
  ClipOptions options = tinyClip();
  options.jitter = 0;
  const GaussianCloud scene = testing::randomCloud(500, 2, 3);
  const auto clip = makeSampleClip(options, scene, runner);
  // At time 0 nothing is bent yet.
  const GaussianCloud first = clip->load(0, runner, {}).value();
  EXPECT_EQ(first.count, scene.count);
  EXPECT_EQ(first.shDegree, 1U);
  for (std::size_t i = 0; i < first.means.size(); ++i) {
    EXPECT_NEAR(first.means[i], scene.means[i], 1e-4F);
  }
  const GaussianCloud bent = clip->load(29, runner, {}).value();
  ASSERT_TRUE(validate(bent));
  EXPECT_EQ(bent.logScales, scene.logScales);
  // It is bent by much more than rounding.
  float most = 0;
  for (std::size_t i = 0; i < bent.means.size(); ++i) {
    most = std::max(most, std::abs(bent.means[i] - scene.means[i]));
  }
  EXPECT_GT(most, 0.3F);
}

TEST(Rotations, agreeWithHandComputedOnes) {
  // A quarter turn about z takes x to y.
  const Quaternion quarter = normalised({1, 0, 0, 1});
  const Vector3 y = rotated(rotationMatrix(quarter), {1, 0, 0});
  EXPECT_NEAR(y[0], 0, 1e-12);
  EXPECT_NEAR(y[1], 1, 1e-12);
  // Two quarter turns are a half turn, where the trace is -1; so is one about any axis.
  for (const Quaternion& half : {multiply(quarter, quarter), Quaternion{0, 1, 0, 0},
                                 Quaternion{0, 0, 1, 0}, normalised({0, 1, 2, 3})}) {
    const Quaternion back = quaternionOf(rotationMatrix(half));
    double dot = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      dot += back[i] * half[i];
    }
    EXPECT_NEAR(std::abs(dot), 1, 1e-12);
  }
  EXPECT_EQ(normalised({0, 0, 0, 0}), (Quaternion{1, 0, 0, 0}));
}

}  // namespace
}  // namespace volpress
