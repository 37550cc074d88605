// Anchors as each view shows them, without baking.
#include <gtest/gtest.h>

#include "compressors/compgs/anchor_file.hpp"
#include "compressors/compgs/compgs.hpp"
#include "compressors/compgs/primitives.hpp"
#include "tests/support/native_views.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {
namespace {

class CompGsNativeTest : public testing::SceneTest<10, 6> {
protected:
  static testing::CodedScene encode() {
    return testing::codeScene(compGsCodec(), *s_scene, "default",
                              {{"steps", std::int64_t{4}}, {"fit_steps", std::int64_t{40}}},
                              *s_runner);
  }

  /// What a step of training draws: every primitive, in sight or not.
  static Image trainingPicture(ByteView file, const Camera& camera) {
    const Container container = readContainer(file).value();
    ByteReader reader(container.require("scene").value());
    const SceneHeader header = readSceneHeader(reader, 0).value();
    const compgs::AnchorScene scene =
        compgs::readAnchors(container, header, reader, {}, *s_runner).value();
    compgs::Primitives primitives;
    compgs::decodePrimitives(scene.networks,
                             {scene.anchors.means, scene.latents, camera.position, scene.unit},
                             primitives, *s_runner);
    auto cloud = std::make_shared<GaussianCloud>();
    resizeCloud(*cloud, primitives.openness.size(), 0);
    cloud->filter = header.filter;
    cloud->means = primitives.means;
    cloud->logScales = primitives.logScales;
    cloud->rotations = primitives.rotations;
    std::fill(cloud->shDc.begin(), cloud->shDc.end(), 0.0F);
    for (std::size_t i = 0; i < cloud->count; ++i) {
      cloud->opacityLogits[i] = compgs::opacityLogit(primitives.openness[i]).logit;
    }
    return testing::drawSplats(cloud, camera, *s_runner, primitives.colors);
  }
};

TEST_F(CompGsNativeTest, ShowsWhatTrainingDrew) {
  const testing::CodedScene coded = encode();
  const auto native = testing::openNative(compGsCodec(), coded.file, *s_runner);
  ASSERT_NE(native, nullptr);
  EXPECT_EQ(native->varies(), "colour and opacity");
  for (const View& view : s_scene->views.views) {
    const auto seen = testing::lookFrom(*native, view.camera, *s_runner);
    EXPECT_GT(testing::picturePsnr(testing::drawSplats(seen, view.camera, *s_runner),
                                   trainingPicture(coded.file, view.camera)),
              100)
        << view.name;
  }
}

TEST_F(CompGsNativeTest, CloseUpNothingThatReachesThePictureIsMissing) {
  const testing::CodedScene coded = encode();
  const auto native = testing::openNative(compGsCodec(), coded.file, *s_runner);
  ASSERT_NE(native, nullptr);
  for (const View& view : s_scene->views.views) {
    Camera close = view.camera;  // half way to what it looks at, and a narrow field
    for (std::size_t axis = 0; axis < 3; ++axis) {
      close.position[axis] *= 0.5F;
    }
    close.fx *= 3;
    close.fy *= 3;
    EXPECT_GT(testing::picturePsnr(testing::drawSplats(testing::lookFrom(*native, close, *s_runner),
                                                       close, *s_runner),
                                   trainingPicture(coded.file, close)),
              100)
        << view.name;
  }
}

TEST_F(CompGsNativeTest, IsTheSameOnOneAndTwoThreadsAndNearWhatIsBaked) {
  const testing::CodedScene coded = encode();
  const auto native = testing::openNative(compGsCodec(), coded.file, *s_runner);
  ASSERT_NE(native, nullptr);
  testing::expectLooksAgree(*native, s_scene->views);
  EXPECT_GT(testing::nativeAgainstBaked(*native, coded.cloud, s_scene->views, *s_runner), 30);
}

}  // namespace
}  // namespace volpress::compressors
