// Moving, turning and resizing scenes: against pictures, and against what is known on paper.
#include "scene/edit/transform.hpp"

#include <cmath>

#include <gtest/gtest.h>

#include "renderer/software/software_rasterizer.hpp"
#include "scene/edit/sh_rotation.hpp"
#include "tests/support/test_clouds.hpp"

namespace volpress::edit {
namespace {

float colourIn(const float* rest, unsigned degree, const std::array<float, 3>& d) {
  std::array<float, kMaxShBasis> basis{};
  evaluateShBasis(degree, d, basis);
  float sum = 0;
  for (std::size_t k = 0; k < shRestCount(degree); ++k) {
    sum += rest[3 * k + 1] * basis[k + 1];
  }
  return sum;
}

std::array<float, 3> turned(const std::array<double, 9>& rotation, const std::array<float, 3>& d) {
  std::array<float, 3> out{};
  for (std::size_t row = 0; row < 3; ++row) {
    double sum = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      sum += rotation[3 * row + c] * static_cast<double>(d[c]);
    }
    out[row] = static_cast<float>(sum);
  }
  return out;
}

TEST(ShRotation, EveryBandKeepsItsColourInTheTurnedDirection) {
  const std::array<double, 9> rotation = rotationOfDegrees({25, -70, 140});
  for (unsigned degree = 1; degree <= kMaxShDegree; ++degree) {
    GaussianCloud cloud = testing::randomCloud(20, degree, degree);
    const ShRotation colours(rotation, degree);
    const std::size_t width = 3 * shRestCount(degree);
    for (std::size_t i = 0; i < cloud.count; ++i) {
      FloatArray rest(&cloud.shRest[i * width], &cloud.shRest[i * width] + width);
      colours.apply(rest.data());
      for (const std::array<float, 3> d :
           {std::array<float, 3>{1, 0, 0}, {0, -1, 0}, {0.6F, 0, 0.8F}, {0.48F, -0.6F, 0.64F}}) {
        EXPECT_NEAR(colourIn(rest.data(), degree, turned(rotation, d)),
                    colourIn(&cloud.shRest[i * width], degree, d), 2e-6)
            << "degree " << degree;
      }
    }
  }
}

TEST(ShRotation, AQuarterTurnAboutZSwapsTheFirstBand) {
  // x -> y, y -> -x: what varied along y (coefficient 0) varies along -x, whose basis is
  // coefficient 2 with the same sign as y's: c'(0) = c(2), c'(2) = -c(0), c'(1) = c(1).
  const ShRotation colours(rotationOfDegrees({0, 0, 90}), 1);
  FloatArray rest{1, 0, 0, 5, 0, 0, 3, 0, 0};
  colours.apply(rest.data());
  EXPECT_NEAR(rest[0], 3, 1e-6);
  EXPECT_NEAR(rest[3], 5, 1e-6);
  EXPECT_NEAR(rest[6], -1, 1e-6);
}

TEST(Transform, RotationsTurnAboutXThenYThenZ) {
  const auto rotation = rotationOfDegrees({90, 0, 90});
  // y -> z (about x) -> z; x -> x -> y.
  EXPECT_NEAR(turned(rotation, {0, 1, 0})[2], 1, 1e-6);
  EXPECT_NEAR(turned(rotation, {1, 0, 0})[1], 1, 1e-6);
}

TEST(Transform, ComposingIsOneAfterTheOther) {
  const Similarity first{rotationOfDegrees({10, 20, 30}), {1, 2, 3}, 2};
  const Similarity second{rotationOfDegrees({-40, 5, 60}), {-3, 0, 1}, 0.5};
  SerialRunner runner;
  GaussianCloud steps = testing::randomCloud(30, 3, 4);
  GaussianCloud once = steps;
  transformCloud(steps, first, runner);
  transformCloud(steps, second, runner);
  transformCloud(once, compose(first, second), runner);
  for (std::size_t i = 0; i < steps.means.size(); ++i) {
    EXPECT_NEAR(steps.means[i], once.means[i], 1e-5);
    EXPECT_NEAR(steps.logScales[i], once.logScales[i], 1e-5);
  }
  for (std::size_t i = 0; i < steps.shRest.size(); ++i) {
    EXPECT_NEAR(steps.shRest[i], once.shRest[i], 1e-5);
  }
}

/// The largest difference between pictures of two clouds from two cameras.
float pictureError(const GaussianCloud& a, const Camera& cameraA, const GaussianCloud& b,
                   const Camera& cameraB) {
  const auto runner = makeThreadRunner(2);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  const auto draw = [&](const GaussianCloud& cloud, const Camera& camera) {
    const auto prepared = rasterizer->prepare(std::make_shared<const GaussianCloud>(cloud));
    EXPECT_TRUE(prepared.has_value());
    auto picture = rasterizer->render(**prepared, camera, {});
    EXPECT_TRUE(picture.has_value());
    return std::move(picture->color.pixels);
  };
  const auto left = draw(a, cameraA);
  const auto right = draw(b, cameraB);
  EXPECT_EQ(left.size(), right.size());
  double sum = 0;
  float worst = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    worst = std::max(worst, std::abs(left[i] - right[i]));
    sum += static_cast<double>(left[i]);
  }
  EXPECT_GT(sum / static_cast<double>(left.size()), 0.05) << "something is drawn";
  return worst;
}

TEST(Transform, ATransformedSceneLooksTheSameFromTheTransformedCamera) {
  const Similarity similarity{rotationOfDegrees({33, -104, 71}), {4, -2, 9}, 3};
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    const GaussianCloud cloud = testing::randomCloud(1500, degree, 7 + degree);
    GaussianCloud moved = cloud;
    SerialRunner runner;
    transformCloud(moved, similarity, runner);
    ASSERT_TRUE(validate(moved).has_value());
    const Camera camera = lookAt({1, -1, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, 160, 120);
    // Splats on the edge of a cut (alpha 1/255, transmittance 1e-4) may fall on the other side.
    EXPECT_LT(pictureError(cloud, camera, moved, transformCamera(camera, similarity)), 6e-3F)
        << "degree " << degree;
  }
}

TEST(Transform, TheGeneralMapAgreesWhereItIsASimilarity) {
  const Similarity similarity{rotationOfDegrees({12, 50, -31}), {1, 0, 2}, 1.5};
  std::array<double, 9> linear{};
  for (std::size_t i = 0; i < 9; ++i) {
    linear[i] = similarity.scale * similarity.rotation[i];
  }
  const GaussianCloud cloud = testing::randomCloud(1500, 3, 5);
  GaussianCloud moved = cloud;
  SerialRunner runner;
  mapCloud(moved, linear, similarity.translation, runner);
  const Camera camera = lookAt({0, -1, -4}, {0, 0, 0}, {0, 1, 0}, 0.9F, 160, 120);
  EXPECT_LT(pictureError(cloud, camera, moved, transformCamera(camera, similarity)), 6e-3F);
}

TEST(Transform, AStretchMakesABallAnEllipsoid) {
  GaussianCloud ball;
  resizeCloud(ball, 1, 0);
  ball.means = {1, 1, 1};
  ball.logScales = {-2, -2, -2};
  ball.rotations = {0.5F, 0.5F, 0.5F, 0.5F};
  ball.opacityLogits = {1};
  ball.shDc = {0, 0, 0};
  SerialRunner runner;
  mapCloud(ball, {1, 0, 0, 0, 4, 0, 0, 0, 2}, {0, 0, 0}, runner);
  EXPECT_NEAR(ball.means[1], 4, 1e-6);
  // Singular values come largest first: 4 along y, 2 along z, 1 along x.
  EXPECT_NEAR(ball.logScales[0], -2 + std::log(4.0F), 1e-5);
  EXPECT_NEAR(ball.logScales[1], -2 + std::log(2.0F), 1e-5);
  EXPECT_NEAR(ball.logScales[2], -2, 1e-5);
}

}  // namespace
}  // namespace volpress::edit
