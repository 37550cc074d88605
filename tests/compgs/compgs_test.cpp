#include "compressors/compgs/compgs.hpp"

#include <algorithm>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "compressors/container/container.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedScene;
using testing::codeScene;
using testing::TestScene;

const Codec& codec() { return compGsCodec(); }

/// Few steps, so that a test takes a second.
ParamSet quick(const ParamSet& more = {}) {
  ParamSet params{{"steps", std::int64_t{4}}, {"fit_steps", std::int64_t{12}}};
  for (const auto& [id, value] : more) {
    params[id] = value;
  }
  return params;
}

class CompGsTest : public testing::SceneTest<10, 8> {};

TEST_F(CompGsTest, EveryPresetMakesAFileThatDecodes) {
  for (const ParamPreset& preset : codec().info().presets) {
    const CodedScene coded = codeScene(codec(), *s_scene, preset.id, quick(), *s_runner);
    ASSERT_GT(coded.cloud->count, 0U) << preset.id;
    EXPECT_TRUE(validate(*coded.cloud)) << preset.id;
    EXPECT_EQ(coded.cloud->shDegree, 3U) << preset.id;
  }
}

TEST_F(CompGsTest, OneAndTwoThreadsWriteTheSameBytes) {
  SerialRunner serial;
  EXPECT_EQ(codeScene(codec(), *s_scene, "default", quick(), serial).file,
            codeScene(codec(), *s_scene, "default", quick(), *s_runner).file);
}

TEST_F(CompGsTest, QualityMovesSizeAndPictureTheSameWay) {
  double lastPsnr = 0;
  std::size_t lastSize = 0;
  for (const double quality : {10.0, 60.0, 100.0}) {
    const CodedScene coded =
        codeScene(codec(), *s_scene, "fast", {{"quality", quality}}, *s_runner);
    EXPECT_GT(coded.file.size(), lastSize) << quality;
    EXPECT_GT(psnrOf(coded), lastPsnr) << quality;
    lastSize = coded.file.size();
    lastPsnr = psnrOf(coded);
  }
}

TEST_F(CompGsTest, ABitThatCostsMoreIsSpentLessOften) {
  std::size_t last = std::numeric_limits<std::size_t>::max();
  for (const double lambda : {0.0, 0.002, 0.02}) {
    const std::size_t size =
        codeScene(codec(), *s_scene, "fast", {{"lambda", lambda}, {"fit_steps", std::int64_t{60}}},
                  *s_runner)
            .file.size();
    EXPECT_LT(size, last) << lambda;
    last = size;
  }
}

TEST_F(CompGsTest, TrainingOnPicturesGains) {
  const CodedScene plain =
      codeScene(codec(), *s_scene, "fast", {{"fit_steps", std::int64_t{40}}}, *s_runner);
  const CodedScene trained =
      codeScene(codec(), *s_scene, "fast",
                {{"fit_steps", std::int64_t{40}}, {"steps", std::int64_t{15}}}, *s_runner);
  EXPECT_GT(psnrOf(trained), psnrOf(plain) + 0.2);
}

TEST_F(CompGsTest, GoesOnWhereItWasCancelled) {
  const ParamSet params =
      resolveParams(codec().info(), "",
                    {{"steps", std::int64_t{40}}, {"fit_steps", std::int64_t{20}}})
          .value();
  testing::expectGoesOn(codec(), *s_scene, params,
                        {std::chrono::milliseconds(500), std::chrono::milliseconds(800)},
                        *s_runner);
}

TEST_F(CompGsTest, LearnsFromPhotographs) {
  const std::vector<std::string> log = testing::expectLearnsFromPhotographs(
      codec(), *s_scene, resolveParams(codec().info(), "", quick()).value(), *s_runner);
  EXPECT_TRUE(testing::saysSo(log, "baked to")) << "the loss of baking is shown";
}

TEST_F(CompGsTest, SaysWhatItNeeds) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const auto noViews = codec().encode(Scene(*s_scene->cloud),
                                      resolveParams(codec().info(), "", {}).value(), context);
  ASSERT_FALSE(noViews);
  EXPECT_EQ(noViews.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(noViews.error().message.find("view"), std::string::npos);
}

TEST_F(CompGsTest, StopsSoonAfterItIsAsked) {
  testing::expectStopsSoon(codec(), *s_scene, resolveParams(codec().info(), "paper", {}).value(),
                           std::chrono::milliseconds(80), *s_runner);
}

TEST(CompGsFile, RefusesDamagedChunks) {
  SerialRunner runner;
  TestScene scene;
  scene.cloud = std::make_shared<const GaussianCloud>(testing::randomCloud(60, 0, 3));
  scene.views = testing::orbitViews(*scene.cloud, 2, 40, 30);
  const CodedScene coded =
      codeScene(codec(), scene, "fast", {{"fit_steps", std::int64_t{2}}}, runner);
  const Container container = readContainer(coded.file).value();
  Progress progress;
  RunContext context{runner, progress, {}};
  const auto refused = [&](const char* name, const auto& damage) {
    Container damaged = container;
    for (Chunk& chunk : damaged.chunks) {
      if (chunk.name == name) {
        damage(chunk.data);
      }
    }
    const auto decoded = codec().decode(writeContainer(damaged).value(), context);
    ASSERT_FALSE(decoded) << name;
    EXPECT_EQ(decoded.error().code, ErrorCode::CorruptData) << name;
  };
  for (const Chunk& chunk : container.chunks) {
    refused(chunk.name.c_str(), [](Bytes& data) { data.pop_back(); });
    refused(chunk.name.c_str(), [](Bytes& data) { data.push_back(std::byte{1}); });
  }
  // Offsets of FORMAT.md: count, grid bits, hyperprior, network bits, eyes.
  for (const std::size_t at : {4U, 24U, 25U, 26U, 27U}) {
    refused("scene", [at](Bytes& data) { data[at] = std::byte{77}; });
  }
  refused("hyper-tables", [](Bytes& data) { data[4] = data[5] = std::byte{0}; });
  refused("hyper-tables", [](Bytes& data) { data[4] = data[5] = std::byte{255}; });
}

/// On the real capture with SH 3, without drawing it once.
TEST(CompGsRealScene, FitsARealCaptureWithoutDrawingIt) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      testing::realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 8, 120, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const CodedScene coded =
      codeScene(codec(), scene, "fast", {{"fit_steps", std::int64_t{40}}}, *runner);
  EXPECT_GE(static_cast<double>(floatPlyBytes(scene.cloud->count, 3)) /
                static_cast<double>(coded.file.size()),
            50);
  EXPECT_GE(testing::meanPsnr(scene, coded.cloud, *runner), 20);
}

}  // namespace
}  // namespace volpress::compressors
