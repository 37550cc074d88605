#include "compressors/compact3dgs/compact3dgs.hpp"

#include <gtest/gtest.h>

#include <atomic>
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

const Codec& codec() { return compact3dgsCodec(); }

/// A quick version of a preset.
ParamSet quick(const ParamPreset& preset) {
  ParamSet overrides;
  for (const char* id : {"mask_steps", "field_steps", "steps"}) {
    const auto value = preset.values.find(id);
    if (value != preset.values.end() && std::get<std::int64_t>(value->second) > 0) {
      overrides[id] = std::int64_t{6};
    }
  }
  if (preset.values.contains("table_bits")) {
    overrides["table_bits"] = std::int64_t{8};
  }
  return overrides;
}

class Compact3dgsTest : public testing::SceneTest<20, 10> {};

TEST_F(Compact3dgsTest, EveryPresetMakesAFileThatDecodes) {
  for (const ParamPreset& preset : codec().info().presets) {
    const CodedScene coded = codeScene(codec(), *s_scene, preset.id, quick(preset), *s_runner);
    ASSERT_GT(coded.cloud->count, 0U) << preset.id;
    EXPECT_TRUE(validate(*coded.cloud)) << preset.id;
    EXPECT_EQ(coded.cloud->shDegree, 3U) << preset.id;
  }
}

TEST_F(Compact3dgsTest, OneAndTwoThreadsWriteTheSameBytes) {
  SerialRunner serial;
  for (const char* layout : {"packed", "faithful"}) {
    const ParamSet params{{"layout", std::string(layout)},
                          {"mask_steps", std::int64_t{5}},
                          {"field_steps", std::int64_t{20}},
                          {"steps", std::int64_t{5}}};
    EXPECT_EQ(codeScene(codec(), *s_scene, "default", params, serial).file,
              codeScene(codec(), *s_scene, "default", params, *s_runner).file)
        << layout;
  }
}

TEST_F(Compact3dgsTest, QualityMovesSizeAndPictureTheSameWay) {
  double lastPsnr = 0;
  std::size_t lastSize = 0;
  for (const double quality : {10.0, 35.0, 60.0, 80.0, 100.0}) {
    const CodedScene coded =
        codeScene(codec(), *s_scene, "default",
                  {{"quality", quality}, {"mask_steps", std::int64_t{80}}}, *s_runner);
    EXPECT_GT(coded.file.size(), lastSize) << quality;
    EXPECT_GT(psnrOf(coded), lastPsnr) << quality;
    lastSize = coded.file.size();
    lastPsnr = psnrOf(coded);
  }
}

/// 17 bytes a splat, the grid, the network, and codebooks of 10.8 kB: what the paper stores before
/// it packs.
TEST_F(Compact3dgsTest, TheFaithfulLayoutTakesTheBytesOfThePaper) {
  const CodedScene coded = codeScene(codec(), *s_scene, "faithful",
                                     {{"mask_steps", std::int64_t{0}},
                                      {"field_steps", std::int64_t{5}},
                                      {"steps", std::int64_t{0}},
                                      {"table_bits", std::int64_t{8}}},
                                     *s_runner);
  const Container container = readContainer(coded.file).value();
  const std::size_t n = coded.cloud->count;
  EXPECT_EQ(container.require("positions")->size(), 6 * n);
  EXPECT_EQ(container.require("opacities")->size(), 8 + n);
  const std::size_t index = (36 * n + 7) / 8;
  EXPECT_EQ(container.require("scales-index")->size(), index);
  EXPECT_EQ(container.require("rotations-index")->size(), index);
  EXPECT_EQ(container.require("scales-codebook")->size() +
                container.require("rotations-codebook")->size(),
            4U * 6 * 64 * 7);
  EXPECT_EQ(container.require("color-grid")->size(), 8U + 2 * 16 * 256);
  EXPECT_EQ(container.require("color-network")->size(),
            2U * (41 * 64 + 64 + 64 * 64 + 64 + 64 * 3 + 3));
}

TEST_F(Compact3dgsTest, FineTuningGains) {
  const ParamSet quickly{{"mask_steps", std::int64_t{0}}, {"field_steps", std::int64_t{150}}};
  ParamSet tuned = quickly;
  tuned["steps"] = std::int64_t{60};
  const double before = psnrOf(codeScene(codec(), *s_scene, "small", quickly, *s_runner));
  const double after = psnrOf(codeScene(codec(), *s_scene, "small", tuned, *s_runner));
  EXPECT_GT(after, before + 0.3);
}

TEST_F(Compact3dgsTest, AnInterruptedEncodeGoesOnToTheSameBytes) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(*s_runner);
  const auto params = resolveParams(codec().info(), "default",
                                    {{"mask_steps", std::int64_t{30}},
                                     {"field_steps", std::int64_t{30}},
                                     {"steps", std::int64_t{30}}})
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
  const auto folder = testing::scratchFolder("compact3dgs-resume");
  for (const double stopAt : {0.1, 0.7}) {  // while masking, while fine-tuning
    const auto part = run(folder, stopAt);
    ASSERT_FALSE(part);
    EXPECT_EQ(part.error().code, ErrorCode::Cancelled);
  }
  const auto resumed = run(folder, 2);
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(*resumed, *whole);
}

TEST_F(Compact3dgsTest, SaysWhatItNeeds) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const auto encode = [&](const ParamSet& overrides) {
    return codec().encode(Scene(*s_scene->cloud),
                          resolveParams(codec().info(), "fast", overrides).value(), context);
  };
  for (const char* id : {"mask_steps", "steps"}) {
    const auto noViews = encode({{id, std::int64_t{5}}});
    ASSERT_FALSE(noViews) << id;
    EXPECT_EQ(noViews.error().code, ErrorCode::InvalidParameter);
    EXPECT_NE(noViews.error().message.find("view"), std::string::npos);
  }
  EXPECT_TRUE(encode({{"field_steps", std::int64_t{3}}}));
}

TEST_F(Compact3dgsTest, StopsSoonAfterItIsAsked) {
  for (const char* longest : {"mask_steps", "field_steps", "steps"}) {
    SCOPED_TRACE(longest);
    ParamSet overrides{{"mask_steps", std::int64_t{0}}, {"field_steps", std::int64_t{1}}};
    overrides[longest] = std::int64_t{30000};
    testing::expectStopsSoon(codec(), *s_scene,
                             resolveParams(codec().info(), "", overrides).value(),
                             std::chrono::milliseconds(100), *s_runner);
  }
}

/// Without view-dependent colour the field is left out, and the file is smaller for it.
TEST_F(Compact3dgsTest, LeavesTheFieldOutWhereItDoesNotPay) {
  TestScene flat = *s_scene;
  flat.cloud = std::make_shared<const GaussianCloud>(withShDegree(*s_scene->cloud, 0));
  const ParamSet quickly{{"mask_steps", std::int64_t{0}}};
  const CodedScene plain = codeScene(codec(), flat, "default", quickly, *s_runner);
  EXPECT_EQ(readContainer(plain.file)->find("color-grid"), nullptr);
  const auto said = [](const std::string& line) {
    return line.find("not beneficial") != std::string::npos;
  };
  EXPECT_TRUE(std::any_of(plain.log.begin(), plain.log.end(), said));
  ParamSet always = quickly;
  always["field"] = std::string("always");
  const CodedScene withField = codeScene(codec(), flat, "default", always, *s_runner);
  EXPECT_NE(readContainer(withField.file)->find("color-grid"), nullptr);
  EXPECT_EQ(withField.cloud->shDegree, 0U);
}

TEST(Compact3dgsFile, SurvivesExtremeScenes) {
  SerialRunner runner;
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    TestScene scene;
    scene.cloud =
        std::make_shared<const GaussianCloud>(testing::extremeCloud(200, degree, degree + 1));
    scene.views = testing::orbitViews(*scene.cloud, 3, 40, 30);
    for (const char* layout : {"packed", "faithful"}) {
      const CodedScene coded = codeScene(codec(), scene, "default",
                                         {{"sh_degree", std::int64_t{4}},
                                          {"layout", std::string(layout)},
                                          {"mask_steps", std::int64_t{0}},
                                          {"field_steps", std::int64_t{20}}},
                                         runner);
      EXPECT_EQ(coded.cloud->count, 200U);
      EXPECT_EQ(coded.cloud->shDegree, degree);
    }
  }
}

/// On the real capture with SH 3 the field's colours hold 27 dB.
TEST(Compact3dgsRealScene, KeepsThePromiseOnARealCapture) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      testing::realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 8, 120, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const CodedScene coded = codeScene(codec(), scene, "fast", {}, *runner);
  EXPECT_GE(meanPsnr(scene, coded.cloud, *runner), 27);
}

}  // namespace
}  // namespace volpress::compressors
