#include "compressors/gaussianforest/gaussianforest.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "compressors/container/container.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/half_float.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"
#include "tests/support/test_scenes.hpp"

namespace volpress::compressors {
namespace {

using testing::CodedScene;
using testing::codeScene;
using testing::meanPsnr;
using testing::TestScene;

const Codec& codec() { return gaussianForestCodec(); }

/// Few steps, so that a test takes a second.
const ParamSet kQuick{{"steps", std::int64_t{6}}, {"fit_steps", std::int64_t{60}}};

ParamSet quick(const ParamSet& more) {
  ParamSet params = kQuick;
  for (const auto& [id, value] : more) {
    params[id] = value;
  }
  return params;
}

class GaussianForestTest : public testing::SceneTest<10, 8> {};

TEST_F(GaussianForestTest, EveryPresetMakesAFileThatDecodes) {
  for (const ParamPreset& preset : codec().info().presets) {
    const CodedScene coded = codeScene(codec(), *s_scene, preset.id, kQuick, *s_runner);
    ASSERT_GT(coded.cloud->count, 0U) << preset.id;
    EXPECT_TRUE(validate(*coded.cloud)) << preset.id;
    std::uint64_t sum = 0;
    const auto shares = codec().breakdown(coded.file);
    ASSERT_TRUE(shares) << preset.id;
    for (const ByteShare& share : *shares) {
      sum += share.bytes;
    }
    EXPECT_EQ(sum, coded.file.size()) << preset.id;
  }
}

TEST_F(GaussianForestTest, OneAndTwoThreadsWriteTheSameBytes) {
  SerialRunner serial;
  const ParamSet rounds =
      quick({{"steps", std::int64_t{60}}, {"fit_steps", std::int64_t{40}}, {"grow", true}});
  EXPECT_EQ(codeScene(codec(), *s_scene, "default", rounds, serial).file,
            codeScene(codec(), *s_scene, "default", rounds, *s_runner).file);
}

TEST_F(GaussianForestTest, QualityMovesSizeAndPictureTheSameWay) {
  double lastPsnr = 0;
  std::size_t lastSize = 0;
  for (const double quality : {20.0, 60.0, 100.0}) {
    const CodedScene coded =
        codeScene(codec(), *s_scene, "default", quick({{"quality", quality}}), *s_runner);
    EXPECT_GT(coded.file.size(), lastSize) << quality;
    const double psnr = meanPsnr(*s_scene, coded.cloud, *s_runner);
    EXPECT_GT(psnr, lastPsnr) << quality;
    lastSize = coded.file.size();
    lastPsnr = psnr;
  }
}

TEST_F(GaussianForestTest, SharingMoreTakesFewerBytes) {
  std::size_t last = std::numeric_limits<std::size_t>::max();
  for (const double leaves : {5.0, 10.0, 20.0, 40.0}) {
    const std::size_t size =
        codeScene(codec(), *s_scene, "fast",
                  quick({{"leaves_per_node", leaves}, {"fit_steps", std::int64_t{20}}}), *s_runner)
            .file.size();
    EXPECT_LT(size, last) << leaves;
    last = size;
  }
  std::size_t before = 0;
  for (const double bits : {4.0, 6.0, 8.0}) {
    const std::size_t size =
        codeScene(codec(), *s_scene, "fast",
                  quick({{"feature_bits", bits}, {"fit_steps", std::int64_t{20}}}), *s_runner)
            .file.size();
    EXPECT_GT(size, before) << bits;
    before = size;
  }
}

TEST_F(GaussianForestTest, FineTuningGains) {
  const CodedScene plain = codeScene(codec(), *s_scene, "fast", {}, *s_runner);
  const CodedScene tuned =
      codeScene(codec(), *s_scene, "fast", {{"steps", std::int64_t{15}}}, *s_runner);
  EXPECT_GT(meanPsnr(*s_scene, tuned.cloud, *s_runner),
            meanPsnr(*s_scene, plain.cloud, *s_runner) + 0.1);
}

TEST_F(GaussianForestTest, GoesOnWhereItWasCancelled) {
  const ParamSet params =
      resolveParams(
          codec().info(), "",
          quick({{"steps", std::int64_t{60}}, {"fit_steps", std::int64_t{40}}, {"grow", true}}))
          .value();
  testing::expectGoesOn(codec(), *s_scene, params,
                        {std::chrono::milliseconds(700), std::chrono::milliseconds(1100)},
                        *s_runner);
}

TEST_F(GaussianForestTest, LearnsFromPhotographs) {
  testing::expectLearnsFromPhotographs(
      codec(), *s_scene, resolveParams(codec().info(), "", kQuick).value(), *s_runner);
}

TEST_F(GaussianForestTest, SaysWhatItNeeds) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const auto noViews = codec().encode(Scene(*s_scene->cloud),
                                      resolveParams(codec().info(), "", {}).value(), context);
  ASSERT_FALSE(noViews);
  EXPECT_EQ(noViews.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(noViews.error().message.find("view"), std::string::npos);
}

TEST_F(GaussianForestTest, StopsSoonAfterItIsAsked) {
  testing::expectStopsSoon(codec(), *s_scene, resolveParams(codec().info(), "paper", {}).value(),
                           std::chrono::milliseconds(80), *s_runner);
}

TEST(GaussianForestFile, RefusesRunsThatNameOtherParents) {
  SerialRunner runner;
  TestScene scene;
  scene.cloud = std::make_shared<const GaussianCloud>(testing::randomCloud(60, 0, 3));
  scene.views = testing::orbitViews(*scene.cloud, 2, 40, 30);
  const CodedScene coded = codeScene(codec(), scene, "fast", {}, runner);
  Container container = readContainer(coded.file).value();
  Progress progress;
  RunContext context{runner, progress, {}};
  for (const char* name : {"leaf-parents", "node-parents", "positions", "networks"}) {
    Container damaged = container;
    for (Chunk& chunk : damaged.chunks) {
      if (chunk.name == name) {
        chunk.data.pop_back();
      }
    }
    const auto decoded = codec().decode(writeContainer(damaged).value(), context);
    ASSERT_FALSE(decoded) << name;
    EXPECT_EQ(decoded.error().code, ErrorCode::CorruptData) << name;
  }
}

/// Networks of zeros but for their last biases: every splat is what FORMAT.md says by hand.
TEST(GaussianForestFile, IsDecodedAsByHand) {
  SerialRunner runner;
  TestScene scene;
  scene.cloud = std::make_shared<const GaussianCloud>(testing::randomCloud(60, 0, 3));
  scene.views = testing::orbitViews(*scene.cloud, 2, 40, 30);
  Container container =
      readContainer(codeScene(codec(), scene, "fast", {{"prune", 0.0}}, runner).file).value();
  constexpr std::size_t kInputs = 16 + 32 + 24;
  constexpr std::size_t kHiddenParts = kInputs * 64 + 64 + 64 * 64 + 64;
  ByteWriter nets;
  const auto writeNet = [&](const std::vector<float>& biases) {
    for (std::size_t i = 0; i < kHiddenParts + 64 * biases.size(); ++i) {
      nets.write(halfFromFloat(0));
    }
    for (const float bias : biases) {
      nets.write(halfFromFloat(bias));
    }
  };
  writeNet({0.5F, -8, 4, 0, 0, -0.25F, 0.5F});
  writeNet({0.25F, -1, 2});
  for (Chunk& chunk : container.chunks) {
    if (chunk.name == "networks") {
      ASSERT_EQ(chunk.data.size(), nets.size());
      chunk.data = nets.bytes();
    }
  }
  Progress progress;
  RunContext context{runner, progress, {}};
  const auto decoded = codec().decode(writeContainer(container).value(), context);
  ASSERT_TRUE(decoded) << decoded.error().message;
  const auto& cloud = std::get<GaussianCloud>(*decoded);
  ASSERT_EQ(cloud.count, 60U);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float size = cloud.logScales[3 * i] - 0.5F;
    EXPECT_EQ(8 * size, std::round(8 * size));
    EXPECT_EQ(cloud.logScales[3 * i + 1], size - 6);  // cut
    EXPECT_EQ(cloud.logScales[3 * i + 2], size + 3);
    EXPECT_EQ(std::vector<float>(&cloud.rotations[4 * i], &cloud.rotations[4 * i] + 4),
              (std::vector<float>{1, 0, -0.25F, 0.5F}));
    EXPECT_EQ(std::vector<float>(&cloud.shDc[3 * i], &cloud.shDc[3 * i] + 3),
              (std::vector<float>{0.25F, -1, 2}));
  }
}

/// On the real capture with SH 3, without drawing it once: 21 dB at 40 times less than float PLY.
TEST(GaussianForestRealScene, FitsARealCaptureWithoutDrawingIt) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      testing::realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 8, 120, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const CodedScene coded =
      codeScene(codec(), scene, "fast", {{"fit_steps", std::int64_t{120}}}, *runner);
  EXPECT_GE(static_cast<double>(floatPlyBytes(scene.cloud->count, 3)) /
                static_cast<double>(coded.file.size()),
            40);
  EXPECT_GE(meanPsnr(scene, coded.cloud, *runner), 21);
}

}  // namespace
}  // namespace volpress::compressors
