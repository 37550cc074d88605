#include <limits>

#include <gtest/gtest.h>

#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress {
namespace {

TEST(GaussianCloud, validateAcceptsWhatTheGeneratorsMake) {
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    EXPECT_TRUE(validate(testing::randomCloud(100, degree, degree)).has_value());
    EXPECT_TRUE(validate(testing::extremeCloud(100, degree, degree)).has_value());
  }
}

TEST(GaussianCloud, validateNamesTheArrayAndTheSplat) {
  GaussianCloud cloud = testing::randomCloud(10, 1, 1);
  cloud.logScales[3 * 7 + 1] = std::numeric_limits<float>::quiet_NaN();
  const auto result = validate(cloud);
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::CorruptData);
  EXPECT_NE(result.error().message.find("log scale of splat 7"), std::string::npos);
}

TEST(GaussianCloud, validateRefusesAZeroRotation) {
  GaussianCloud cloud = testing::randomCloud(3, 0, 1);
  std::fill_n(cloud.rotations.begin() + 4, 4, 0.0F);
  EXPECT_FALSE(validate(cloud).has_value());
}

TEST(GaussianCloud, sanitiseRemovesClampsAndReplaces) {
  constexpr float kInf = std::numeric_limits<float>::infinity();
  GaussianCloud cloud = testing::randomCloud(6, 1, 2);
  cloud.extras.push_back({"label", FloatArray{0, 1, 2, 3, 4, 5}});
  cloud.means[0] = kInf;
  cloud.logScales[3] = -kInf;
  cloud.opacityLogits[2] = kInf;
  std::fill_n(cloud.rotations.begin() + 12, 4, 0.0F);
  cloud.shRest[4 * 9] = std::numeric_limits<float>::quiet_NaN();
  const SanitiseReport report = sanitise(cloud);
  EXPECT_EQ(report.removed, 2U);
  EXPECT_EQ(report.clamped, 2U);
  EXPECT_EQ(report.identityRotations, 1U);
  ASSERT_EQ(cloud.count, 4U);
  EXPECT_EQ(cloud.extras[0].values, (FloatArray{1, 2, 3, 5}));
  EXPECT_EQ(cloud.logScales[0], kMinLogScale);
  EXPECT_TRUE(validate(cloud).has_value());
}

TEST(GaussianCloud, shDegreeCutKeepsTheLowerBands) {
  const GaussianCloud cloud = testing::randomCloud(5, 3, 3);
  const GaussianCloud cut = withShDegree(cloud, 1);
  ASSERT_TRUE(validate(cut).has_value());
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t k = 0; k < 9; ++k) {
      EXPECT_EQ(cut.shRest[9 * i + k], cloud.shRest[45 * i + k]);
    }
  }
  EXPECT_EQ(withShDegree(cut, 3).shRest[44], 0.0F);
}

TEST(GaussianCloud, floatPlyBytesAreThePublishedOnes) {
  EXPECT_EQ(floatPlyBytes(1, 0), 68U);
  EXPECT_EQ(floatPlyBytes(1, 1), 104U);
  EXPECT_EQ(floatPlyBytes(1, 2), 164U);
  EXPECT_EQ(floatPlyBytes(1, 3), 248U);
}

TEST(Camera, lookAtPutsTheTargetOnTheAxis) {
  const Camera camera = lookAt({0, 0, 2}, {0, 0, 0}, {0, 1, 0}, 1.0471975512F, 640, 480);
  // World +X lies on the left of a camera that looks along -Z with +Y down.
  EXPECT_NEAR(camera.rotation[0], -1, 1e-6);
  EXPECT_NEAR(camera.rotation[4], 1, 1e-6);
  EXPECT_NEAR(camera.rotation[8], -1, 1e-6);
  EXPECT_NEAR(camera.fy, 415.692F, 1e-2);
}

}  // namespace
}  // namespace volpress
