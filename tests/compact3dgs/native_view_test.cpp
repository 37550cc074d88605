// Splats coloured by the field for each view, without baking.
#include <gtest/gtest.h>

#include "compressors/compact3dgs/compact3dgs.hpp"
#include "compressors/compact3dgs/packed_file.hpp"
#include "compressors/container/container.hpp"
#include "scene/types/spherical_harmonics.hpp"
#include "tests/support/native_views.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {
namespace {

class Compact3dgsNativeTest : public testing::SceneTest<10, 6> {
protected:
  static testing::CodedScene encode(std::string_view preset) {
    return testing::codeScene(compact3dgsCodec(), *s_scene, preset,
                              {{"mask_steps", std::int64_t{5}},
                               {"field_steps", std::int64_t{60}},
                               {"table_bits", std::int64_t{10}},
                               {"steps", std::int64_t{4}}},
                              *s_runner);
  }

  /// What a step of training draws: the field asked for every splat, in sight or not.
  static Image trainingPicture(ByteView file, const Camera& camera) {
    const Container container = readContainer(file).value();
    ByteReader reader(container.require("scene").value());
    const SceneHeader header = readSceneHeader(reader, 1).value();
    const compact3dgs::StoredScene scene =
        compact3dgs::readPacked(container, header, reader, {}, *s_runner).value();
    auto cloud =
        std::make_shared<GaussianCloud>(compact3dgs::splatsOf(header, scene, 0, *s_runner));
    std::fill(cloud->shDc.begin(), cloud->shDc.end(), 0.0F);
    const compact3dgs::ColorField field(compact3dgs::fieldShape(scene.tableBits), scene.place);
    FloatArray colors;
    FloatArray rows;
    FloatArray tape;
    field.look(scene.field, cloud->means, camera.position, colors, rows, tape, *s_runner);
    for (float& value : colors) {
      value = std::max(0.0F, 0.5F + kSh0 * value);
    }
    return testing::drawSplats(cloud, camera, *s_runner, colors);
  }
};

TEST_F(Compact3dgsNativeTest, ShowsWhatTrainingDrew) {
  const testing::CodedScene coded = encode("default");
  const auto native = testing::openNative(compact3dgsCodec(), coded.file, *s_runner);
  ASSERT_NE(native, nullptr);
  EXPECT_EQ(native->varies(), "colour");
  testing::expectShowsTraining(
      *native, s_scene->views,
      [&](const Camera& camera) { return trainingPicture(coded.file, camera); }, *s_runner);
}

TEST_F(Compact3dgsNativeTest, IsTheSameOnOneAndTwoThreadsAndNearWhatIsBaked) {
  for (const char* preset : {"default", "faithful"}) {
    const testing::CodedScene coded = encode(preset);
    const auto native = testing::openNative(compact3dgsCodec(), coded.file, *s_runner);
    ASSERT_NE(native, nullptr) << preset;
    testing::expectLooksAgree(*native, s_scene->views);
    EXPECT_GT(testing::nativeAgainstBaked(*native, coded.cloud, s_scene->views, *s_runner), 30)
        << preset;
  }
}

TEST_F(Compact3dgsNativeTest, WithoutAFieldThereIsNothingToBake) {
  testing::TestScene plain;
  plain.cloud = std::make_shared<const GaussianCloud>(withShDegree(*s_scene->cloud, 0));
  plain.views = s_scene->views;
  const testing::CodedScene coded =
      testing::codeScene(compact3dgsCodec(), plain, "default",
                         {{"mask_steps", std::int64_t{0}}, {"steps", std::int64_t{0}}}, *s_runner);
  EXPECT_EQ(testing::openNative(compact3dgsCodec(), coded.file, *s_runner), nullptr);
}

}  // namespace
}  // namespace volpress::compressors
