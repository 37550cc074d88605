#include "compressors/compact3dgs/color_field.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "compressors/compact3dgs/stored_scene.hpp"
#include "scene/types/sample_scene.hpp"
#include "scene/types/spherical_harmonics.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

TEST(ColorField, DrawsFarPositionsTogether) {
  const learning::FieldPlace place{{1, 2, 3}, 2};
  const ColorField field(fieldShape(4), place);
  // The centre, half the radius, twice the radius, very far.
  const FloatArray points = field.points({1, 2, 3, 2, 2, 3, 1, 6, 3, 1, 2, -1e30F});
  EXPECT_EQ(points[0], 0.5F);
  EXPECT_FLOAT_EQ(points[3], 0.5F + 0.5F / 4);
  EXPECT_FLOAT_EQ(points[7], 0.5F + 1.5F / 4);
  for (const float coordinate : points) {
    EXPECT_GE(coordinate, 0);
    EXPECT_LE(coordinate, 1);
  }
}

TEST(ColorField, PlaceIsMedianAndNinthTenth) {
  FloatArray means;
  for (int i = -50; i <= 50; ++i) {
    means.insert(means.end(), {static_cast<float>(i), 7, 7});
  }
  const learning::FieldPlace place = learning::placeOf(means);
  EXPECT_EQ(place.centre, (std::array<float, 3>{0, 7, 7}));
  EXPECT_EQ(place.radius, 45);
  EXPECT_EQ(learning::placeOf({1, 1, 1}).radius, 1) << "one splat";
}

/// Baking a field that is constant over directions gives SH band 0 of it and nothing above.
TEST(ColorField, BakesWhatSphericalHarmonicsCanSay) {
  auto runner = makeThreadRunner(2);
  GaussianCloud cloud = testing::randomCloud(50, 3, 8);
  const ColorField field(fieldShape(5), learning::placeOf(cloud.means));
  FieldWeights weights = field.freshWeights(1);
  // No network weights but the last layer's biases, which end the array.
  std::fill(weights.network.begin(), weights.network.end(), 0.0F);
  const std::array<float, 3> color{0.7F, -0.2F, 1.1F};
  std::copy(color.begin(), color.end(), weights.network.end() - 3);
  ASSERT_TRUE(field.bake(weights, cloud, *runner, {}));
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      EXPECT_NEAR(cloud.shDc[3 * i + c], color[c], 1e-5);
    }
  }
  for (const float value : cloud.shRest) {
    EXPECT_NEAR(value, 0, 1e-5);
  }
}

TEST(ColorField, LookAgreesWithBakedColoursAndWithItself) {
  auto runner = makeThreadRunner(2);
  SerialRunner serial;
  const GaussianCloud cloud = testing::randomCloud(300, 2, 9);
  const ColorField field(fieldShape(6), learning::placeOf(cloud.means));
  const FieldWeights weights = field.freshWeights(3);
  FloatArray values;
  FloatArray again;
  FloatArray rows;
  FloatArray tape;
  field.look(weights, cloud.means, {0, 0, -9}, values, rows, tape, *runner);
  field.look(weights, cloud.means, {0, 0, -9}, again, rows, tape, serial);
  EXPECT_EQ(values, again);
  // A fresh network is smooth over directions: SH of degree 2 follow it closely.
  GaussianCloud baked = cloud;
  ASSERT_TRUE(field.bake(weights, baked, *runner, {}));
  const Camera camera = lookAt({0, 0, -9}, {}, {0, 1, 0}, 0.8F, 8, 8);
  const FieldError error =
      measureField(field, weights, cloud, baked, std::span(&camera, 1), {}, *runner);
  EXPECT_GT(error.bakedPsnr, 40);
}

/// A larger table fits the colours better, and colours of the field are near to those of the scene.
TEST(ColorField, ALargerTableIsCloser) {
  auto runner = makeThreadRunner(2);
  const testing::TestScene scene = testing::sampleTestScene(0.03, 6, *runner);
  std::vector<Camera> cameras;
  for (const View& view : scene.views.views) {
    cameras.push_back(view.camera);
  }
  double last = 0;
  for (const unsigned bits : {6U, 9U, 12U}) {
    Progress progress;
    RunContext context{*runner, progress, {}};
    const ColorField field(fieldShape(bits), learning::placeOf(scene.cloud->means));
    FieldFit fit;
    fit.steps = 400;
    const auto weights = field.fit(*scene.cloud, cameras, fit, context);
    ASSERT_TRUE(weights);
    const FieldError error =
        measureField(field, *weights, *scene.cloud, *scene.cloud, cameras, {}, *runner);
    EXPECT_GT(error.fieldPsnr, last) << bits;
    last = error.fieldPsnr;
  }
  EXPECT_GT(last, 21);
}

}  // namespace
}  // namespace volpress::compressors::compact3dgs
