#include "compressors/compact3d/compact3d.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

#include "compressors/container/container.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedScene;
using testing::codeScene;
using testing::meanPsnr;
using testing::TestScene;

const Codec& codec() { return compact3dCodec(); }

class Compact3dTest : public testing::SceneTest<30, 10> {};

TEST_F(Compact3dTest, EveryPresetMakesAFileThatDecodes) {
  for (const ParamPreset& preset : codec().info().presets) {
    ParamSet overrides;
    if (preset.values.contains("steps")) {
      overrides["steps"] = std::int64_t{4};
    }
    const CodedScene coded = codeScene(codec(), *s_scene, preset.id, overrides, *s_runner);
    ASSERT_GT(coded.cloud->count, 0U) << preset.id;
    EXPECT_TRUE(validate(*coded.cloud)) << preset.id;
    EXPECT_FALSE(coded.log.empty()) << preset.id;
  }
}

TEST_F(Compact3dTest, OneAndTwoThreadsWriteTheSameBytes) {
  SerialRunner serial;
  const ParamSet tuned{{"steps", std::int64_t{6}}, {"refresh", std::int64_t{2}}};
  for (const char* preset : {"default", "faithful"}) {
    EXPECT_EQ(codeScene(codec(), *s_scene, preset, tuned, serial).file,
              codeScene(codec(), *s_scene, preset, tuned, *s_runner).file)
        << preset;
  }
}

TEST_F(Compact3dTest, QualityMovesSizeAndPictureTheSameWay) {
  for (const char* layout : {"packed", "faithful"}) {
    double lastPsnr = 0;
    std::size_t lastSize = 0;
    for (const double quality : {10.0, 35.0, 60.0, 80.0, 100.0}) {
      const CodedScene coded =
          codeScene(codec(), *s_scene, "default",
                    {{"quality", quality}, {"layout", std::string(layout)}}, *s_runner);
      EXPECT_GT(coded.file.size(), lastSize) << layout << quality;
      EXPECT_GT(psnrOf(coded), lastPsnr) << layout << quality;
      lastSize = coded.file.size();
      lastPsnr = psnrOf(coded);
    }
  }
}

TEST_F(Compact3dTest, QualityFollowsEachCodebook) {
  for (const char* id : {"color_codebook", "sh_codebook", "scale_codebook", "rotation_codebook"}) {
    double last = 0;
    for (const std::int64_t entries : {8, 500}) {
      const double now = psnrOf(codeScene(codec(), *s_scene, "high", {{id, entries}}, *s_runner));
      EXPECT_GT(now, last) << id << entries;
      last = now;
    }
  }
}

TEST_F(Compact3dTest, TheFaithfulLayoutTakesTheBytesOfThePaper) {
  // Positions and opacity as floats, three indices of fixed width, the fourth as run lengths.
  const ParamSet books{{"color_codebook", std::int64_t{200}},
                       {"sh_codebook", std::int64_t{60}},
                       {"scale_codebook", std::int64_t{100}},
                       {"rotation_codebook", std::int64_t{256}},
                       {"steps", std::int64_t{0}}};
  const CodedScene coded = codeScene(codec(), *s_scene, "faithful", books, *s_runner);
  const Container container = readContainer(coded.file).value();
  const std::size_t n = coded.cloud->count;
  EXPECT_EQ(container.require("positions")->size(), 12 * n);
  EXPECT_EQ(container.require("opacities")->size(), 4 * n);
  EXPECT_EQ(container.require("sh0-index")->size(), n);
  EXPECT_EQ(container.require("shN-index")->size(), (6 * n + 7) / 8);
  EXPECT_EQ(container.require("scales-index")->size(), 4 * 100);
  EXPECT_EQ(container.require("rotations-index")->size(), n);
  EXPECT_EQ(container.require("shN-codebook")->size(), 4U * 45 * 60);
}

TEST_F(Compact3dTest, FineTuningGainsAndAGreaterCostOfOpacityRemovesMore) {
  const auto coded = [&](std::int64_t steps, double weight) {
    return codeScene(codec(), *s_scene, "default", {{"steps", steps}, {"opacity_weight", weight}},
                     *s_runner);
  };
  const CodedScene plain = coded(0, 0);
  const CodedScene tuned = coded(60, 0);
  EXPECT_GT(psnrOf(tuned), psnrOf(plain) + 0.3);
  EXPECT_LT(coded(60, 100).cloud->count, tuned.cloud->count);
}

TEST_F(Compact3dTest, AnInterruptedFineTuningGoesOnToTheSameBytes) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(*s_runner);
  const auto params = resolveParams(codec().info(), "tuned",
                                    {{"steps", std::int64_t{40}}, {"refresh", std::int64_t{3}}})
                          .value();
  const auto run = [&](const std::filesystem::path& scratch, double stopAt) {
    std::stop_source stop;
    Progress progress;
    RunContext context{*s_runner, progress, stop.get_token(), rasterizer.get(), &s_scene->views};
    context.scratch = scratch;
    std::atomic<bool> done = false;
    std::thread watcher([&] {
      while (!done && progress.snapshot().fraction < stopAt) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      stop.request_stop();
    });
    auto file = codec().encode(Scene(*s_scene->cloud), params, context);
    done = true;
    watcher.join();
    return file;
  };
  const auto whole = run({}, 2);
  ASSERT_TRUE(whole) << whole.error().message;
  const auto folder = testing::scratchFolder("compact3d-resume");
  const auto part = run(folder, 0.5);
  ASSERT_FALSE(part);
  EXPECT_EQ(part.error().code, ErrorCode::Cancelled);
  const auto resumed = run(folder, 2);
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(*resumed, *whole);
}

TEST_F(Compact3dTest, SaysWhatItNeeds) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const auto encode = [&](const char* preset) {
    return codec().encode(Scene(*s_scene->cloud), resolveParams(codec().info(), preset, {}).value(),
                          context);
  };
  for (const char* preset : {"default", "faithful"}) {
    const auto noViews = encode(preset);
    ASSERT_FALSE(noViews) << preset;
    EXPECT_EQ(noViews.error().code, ErrorCode::InvalidParameter);
    EXPECT_NE(noViews.error().message.find("view"), std::string::npos);
  }
  EXPECT_TRUE(encode("fast"));
}

TEST_F(Compact3dTest, StopsSoonAfterItIsAsked) {
  testing::expectStopsSoon(
      codec(), *s_scene,
      resolveParams(codec().info(), "tuned", {{"steps", std::int64_t{20000}}}).value(),
      std::chrono::milliseconds(80), *s_runner);
}

TEST(Compact3dFile, SurvivesExtremeScenes) {
  SerialRunner runner;
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    TestScene scene;
    scene.cloud =
        std::make_shared<const GaussianCloud>(testing::extremeCloud(200, degree, degree + 1));
    scene.views = testing::orbitViews(*scene.cloud, 3, 40, 30);
    for (const char* preset : {"default", "faithful"}) {
      const CodedScene coded = codeScene(
          codec(), scene, preset,
          {{"sh_degree", std::int64_t{4}}, {"least_opacity", 0.0}, {"steps", std::int64_t{0}}},
          runner);
      EXPECT_EQ(coded.cloud->count, 200U);
      EXPECT_EQ(coded.cloud->shDegree, degree);
    }
  }
}

TEST(Compact3dFile, FaintSplatsAreRemoved) {
  GaussianCloud cloud = testing::randomCloud(300, 1, 4);
  for (std::size_t i = 0; i < 300; ++i) {
    cloud.opacityLogits[i] = i % 3 == 0 ? -5.5F : 1.0F;  // 0.4 % or 73 %
  }
  TestScene scene;
  scene.cloud = std::make_shared<const GaussianCloud>(cloud);
  SerialRunner runner;
  EXPECT_EQ(codeScene(codec(), scene, "fast", {}, runner).cloud->count, 200U);
  EXPECT_EQ(codeScene(codec(), scene, "fast", {{"least_opacity", 0.3}}, runner).cloud->count, 300U);
  EXPECT_EQ(codeScene(codec(), scene, "fast", {{"least_opacity", 50.0}}, runner).cloud->count,
            200U);
}

/// On the real capture with SH 3, a short fine-tuning gains at the same size.
TEST(Compact3dRealScene, KeepsThePromiseOnARealCapture) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      testing::realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 6, 160, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const CodedScene plain = codeScene(codec(), scene, "default", {}, *runner);
  const double ratio = static_cast<double>(floatPlyBytes(scene.cloud->count, 3)) /
                       static_cast<double>(plain.file.size());
  EXPECT_GE(ratio, 28);
  EXPECT_GE(meanPsnr(scene, plain.cloud, *runner), 36);
  const CodedScene tuned =
      codeScene(codec(), scene, "tuned", {{"steps", std::int64_t{60}}}, *runner);
  EXPECT_GE(meanPsnr(scene, tuned.cloud, *runner), meanPsnr(scene, plain.cloud, *runner) + 0.5);
  EXPECT_LE(tuned.file.size(), plain.file.size() * 102 / 100);
}

}  // namespace
}  // namespace volpress::compressors
