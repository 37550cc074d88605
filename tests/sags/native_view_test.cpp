// Points as their heads answer each view, without baking.
#include <gtest/gtest.h>

#include "compressors/container/container.hpp"
#include "compressors/sags/sags.hpp"
#include "compressors/sags/stored_scene.hpp"
#include "tests/support/native_views.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {
namespace {

class SagsNativeTest : public testing::SceneTest<10, 4> {
protected:
  static testing::CodedScene encode(bool shapesSeeView) {
    return testing::codeScene(sagsCodec(), *s_scene, "default",
                              {{"steps", std::int64_t{2}},
                               {"fit_steps", std::int64_t{25}},
                               {"shapes_see_view", shapesSeeView},
                               {"as_seen", true}},
                              *s_runner);
  }

  /// What a step of training draws: every point, in sight or not.
  static Image trainingPicture(ByteView file, const Camera& camera) {
    const Container container = readContainer(file).value();
    ByteReader reader(container.require("scene").value());
    const SceneHeader header = readSceneHeader(reader, 1).value();
    const sags::StoredScene scene =
        sags::readScene(container, header, reader, {}, *s_runner).value();
    const sags::Points points =
        sags::buildPoints(scene.keys, scene.parents, scene.grid, *s_runner, {}).value();
    sags::Tape tape;
    tape.eye = &camera.position;
    auto cloud = std::make_shared<GaussianCloud>();
    FloatArray colors;
    sags::PointDecoder(scene.shape).decode(points, scene.weights, tape, *cloud, colors, *s_runner);
    cloud->filter = header.filter;
    return testing::drawSplats(cloud, camera, *s_runner, colors);
  }
};

TEST_F(SagsNativeTest, ShowsWhatTrainingDrewOnAnyNumberOfThreadsAndNearWhatIsBaked) {
  for (const bool shapesSeeView : {false, true}) {
    const testing::CodedScene coded = encode(shapesSeeView);
    const auto native = testing::openNative(sagsCodec(), coded.file, *s_runner);
    ASSERT_NE(native, nullptr);
    EXPECT_EQ(native->varies(), shapesSeeView ? "colour, opacity and shape" : "colour");
    testing::expectShowsTraining(
        *native, s_scene->views,
        [&](const Camera& camera) { return trainingPicture(coded.file, camera); }, *s_runner);
    testing::expectLooksAgree(*native, s_scene->views);
    EXPECT_GT(testing::nativeAgainstBaked(*native, coded.cloud, s_scene->views, *s_runner),
              shapesSeeView ? 20 : 30);
  }
}

}  // namespace
}  // namespace volpress::compressors
