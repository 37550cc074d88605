#include "compressors/mesongs/mesongs.hpp"

#include <gtest/gtest.h>

#include <chrono>

#include "compressors/container/container.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedScene;
using testing::codeScene;
using testing::meanPsnr;
using testing::TestScene;

const Codec& codec() { return mesonGsCodec(); }

class MesonGsTest : public testing::SceneTest<30, 10> {};

TEST_F(MesonGsTest, EveryPresetMakesAFileThatDecodes) {
  for (const ParamPreset& preset : codec().info().presets) {
    ParamSet overrides;
    if (preset.id == "tuned") {
      overrides["steps"] = std::int64_t{4};
    }
    const CodedScene coded = codeScene(codec(), *s_scene, preset.id, overrides, *s_runner);
    ASSERT_GT(coded.cloud->count, 0U) << preset.id;
    EXPECT_TRUE(validate(*coded.cloud)) << preset.id;
    EXPECT_FALSE(coded.log.empty()) << preset.id;
    std::uint64_t sum = 0;
    const auto shares = codec().breakdown(coded.file);
    ASSERT_TRUE(shares) << preset.id;
    for (const ByteShare& share : *shares) {
      sum += share.bytes;
    }
    EXPECT_EQ(sum, coded.file.size()) << preset.id;
  }
}

TEST_F(MesonGsTest, OneAndTwoThreadsWriteTheSameBytes) {
  SerialRunner serial;
  const ParamSet tuned{{"steps", std::int64_t{5}}};
  EXPECT_EQ(codeScene(codec(), *s_scene, "default", tuned, serial).file,
            codeScene(codec(), *s_scene, "default", tuned, *s_runner).file);
  EXPECT_EQ(codeScene(codec(), *s_scene, "faithful", {}, serial).file,
            codeScene(codec(), *s_scene, "faithful", {}, *s_runner).file);
}

TEST_F(MesonGsTest, QualityMovesSizeAndPictureTheSameWay) {
  double lastPsnr = 0;
  std::size_t lastSize = 0;
  for (const double quality : {10.0, 35.0, 60.0, 80.0, 100.0}) {
    const CodedScene coded =
        codeScene(codec(), *s_scene, "default", {{"quality", quality}}, *s_runner);
    EXPECT_GT(coded.file.size(), lastSize) << quality;
    EXPECT_GT(psnrOf(coded), lastPsnr) << quality;
    lastSize = coded.file.size();
    lastPsnr = psnrOf(coded);
  }
}

TEST_F(MesonGsTest, QualityFollowsEachKnob) {
  // PSNR is monotone in depth, blocks, codebook and pruning, up to 0.05 dB.
  const auto psnr = [&](const char* preset, const ParamSet& overrides) {
    return psnrOf(codeScene(codec(), *s_scene, preset, overrides, *s_runner));
  };
  double last = 0;
  for (const double depth : {10.0, 12.0, 14.0, 16.0}) {
    const double now = psnr("faithful", {{"depth", depth}, {"prune", 0.0}});
    EXPECT_GT(now, last - 0.05) << depth;
    last = now;
  }
  last = 0;
  for (const std::int64_t blocks : {1, 8, 66, 400}) {
    const double now = psnr("faithful", {{"blocks", blocks}, {"prune", 0.0}});
    EXPECT_GT(now, last - 0.05) << blocks;
    last = now;
  }
  last = 0;
  for (const std::int64_t entries : {4, 64, 1000}) {
    const double now = psnr("faithful", {{"codebook", entries}, {"prune", 0.0}});
    EXPECT_GT(now, last - 0.05) << entries;
    last = now;
  }
  last = 100;
  for (const double prune : {0.0, 20.0, 40.0, 60.0}) {
    const double now = psnr("faithful", {{"prune", prune}});
    EXPECT_LT(now, last + 0.05) << prune;
    last = now;
  }
}

TEST_F(MesonGsTest, ABudgetIsMetFromBelow) {
  for (const double kilobytes : {15.0, 25.0, 60.0}) {
    const CodedScene coded =
        codeScene(codec(), *s_scene, "default", {{"budget", kilobytes / 1000}}, *s_runner);
    EXPECT_LE(static_cast<double>(coded.file.size()), 1000 * kilobytes) << kilobytes;
    EXPECT_GE(static_cast<double>(coded.file.size()), 970 * kilobytes) << kilobytes;
  }
}

TEST_F(MesonGsTest, SaysWhatItNeeds) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const auto params = [](const ParamSet& overrides) {
    return resolveParams(codec().info(), "", overrides).value();
  };
  const auto noViews = codec().encode(Scene(*s_scene->cloud), params({}), context);
  ASSERT_FALSE(noViews);
  EXPECT_EQ(noViews.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(noViews.error().message.find("view"), std::string::npos);
  EXPECT_TRUE(codec().encode(Scene(*s_scene->cloud), params({{"prune", 0.0}}), context));
  const auto tiny =
      codec().encode(Scene(*s_scene->cloud), params({{"prune", 0.0}, {"budget", 0.0002}}), context);
  ASSERT_FALSE(tiny);
  EXPECT_EQ(tiny.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(tiny.error().message.find("budget"), std::string::npos);
}

TEST_F(MesonGsTest, StopsSoonAfterItIsAsked) {
  testing::expectStopsSoon(
      codec(), *s_scene,
      resolveParams(codec().info(), "", {{"steps", std::int64_t{20000}}}).value(),
      std::chrono::milliseconds(80), *s_runner);
}

TEST(MesonGsFile, SurvivesExtremeScenes) {
  SerialRunner runner;
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    TestScene scene;
    scene.cloud =
        std::make_shared<const GaussianCloud>(testing::extremeCloud(200, degree, degree + 1));
    scene.views = testing::orbitViews(*scene.cloud, 3, 40, 30);
    for (const char* preset : {"default", "faithful"}) {
      const CodedScene coded = codeScene(codec(), scene, preset,
                                         {{"sh_degree", std::int64_t{4}}, {"prune", 0.0}}, runner);
      EXPECT_GT(coded.cloud->count, 0U);
      EXPECT_EQ(coded.cloud->shDegree, degree);
    }
  }
}

TEST(MesonGsFile, EqualSplatsBecomeOne) {
  TestScene scene;
  scene.cloud = std::make_shared<const GaussianCloud>(
      gatherSplats(testing::randomCloud(1, 3, 1), std::vector<std::uint32_t>(3000, 0)));
  scene.views = testing::orbitViews(*scene.cloud, 2, 40, 30);
  SerialRunner runner;
  EXPECT_EQ(codeScene(codec(), scene, "fast", {}, runner).cloud->count, 1U);
}

/// On the real capture with SH 3: at least 33 dB at 15 times less than the float PLY.
TEST(MesonGsRealScene, KeepsThePromiseOnARealCapture) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      testing::realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 6, 160, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const CodedScene coded = codeScene(codec(), scene, "default", {}, *runner);
  const double ratio = static_cast<double>(floatPlyBytes(scene.cloud->count, 3)) /
                       static_cast<double>(coded.file.size());
  EXPECT_GE(ratio, 40);
  EXPECT_GE(meanPsnr(scene, coded.cloud, *runner), 33);
}

/// Fine-tuning through the chain gains half a decibel at a size that differs by at most 3 %.
TEST(MesonGsRealScene, FineTuningGainsAtTheSameSize) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      testing::realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 4, 240, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const CodedScene plain = codeScene(codec(), scene, "default", {}, *runner);
  const CodedScene tuned =
      codeScene(codec(), scene, "tuned", {{"steps", std::int64_t{50}}}, *runner);
  EXPECT_GE(meanPsnr(scene, tuned.cloud, *runner), meanPsnr(scene, plain.cloud, *runner) + 0.5);
  EXPECT_NEAR(static_cast<double>(tuned.file.size()), static_cast<double>(plain.file.size()),
              0.03 * static_cast<double>(plain.file.size()));
  EXPECT_EQ(tuned.cloud->means, plain.cloud->means);
}

}  // namespace
}  // namespace volpress::compressors
