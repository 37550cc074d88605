#include "compressors/lightgaussian/lightgaussian.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "compressors/container/container.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "tests/lightgaussian/scene_for_tests.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::compressors {
namespace {

bool sameClouds(const GaussianCloud& a, const GaussianCloud& b) {
  return a.count == b.count && a.shDegree == b.shDegree && a.means == b.means &&
         a.logScales == b.logScales && a.rotations == b.rotations &&
         a.opacityLogits == b.opacityLogits && a.shDc == b.shDc && a.shRest == b.shRest &&
         a.frame == b.frame && a.filter == b.filter;
}

class LightGaussianTest : public testing::SceneTest<30, 10> {};

TEST_F(LightGaussianTest, EveryPresetMakesAFileThatDecodes) {
  for (const ParamPreset& preset : lightGaussianCodec().info().presets) {
    const CodedScene coded = codeScene(
        *s_scene, preset.id, {{"passes", std::int64_t{1}}, {"steps", std::int64_t{3}}}, *s_runner);
    ASSERT_GT(coded.cloud->count, 0U) << preset.id;
    EXPECT_TRUE(lightGaussianCodec().recognises(coded.file));
    EXPECT_TRUE(validate(*coded.cloud)) << preset.id;
    EXPECT_FALSE(coded.log.empty()) << preset.id;
    const auto shares = lightGaussianCodec().breakdown(coded.file);
    ASSERT_TRUE(shares) << preset.id;
    std::uint64_t sum = 0;
    for (const ByteShare& share : *shares) {
      sum += share.bytes;
    }
    EXPECT_EQ(sum, coded.file.size()) << preset.id;
    // Decoding gives the same bits every time.
    SerialRunner serial;
    Progress progress;
    RunContext context{serial, progress, {}};
    const auto again = lightGaussianCodec().decode(coded.file, context);
    ASSERT_TRUE(again) << preset.id;
    EXPECT_TRUE(sameClouds(std::get<GaussianCloud>(*again), *coded.cloud)) << preset.id;
  }
}

TEST_F(LightGaussianTest, OneAndTwoThreadsWriteTheSameBytes) {
  SerialRunner serial;
  const ParamSet overrides{{"passes", std::int64_t{1}}};
  EXPECT_EQ(codeScene(*s_scene, "default", overrides, serial).file,
            codeScene(*s_scene, "default", overrides, *s_runner).file);
  const ParamSet faithful{{"recovery", std::string("none")}, {"codebook", std::int64_t{64}}};
  EXPECT_EQ(codeScene(*s_scene, "faithful", faithful, serial).file,
            codeScene(*s_scene, "faithful", faithful, *s_runner).file);
}

TEST_F(LightGaussianTest, QualityMovesSizeAndPictureTheSameWay) {
  double lastPsnr = 0;
  std::size_t lastSize = 0;
  for (const double quality : {10.0, 35.0, 60.0, 80.0, 100.0}) {
    const CodedScene coded = codeScene(
        *s_scene, "default", {{"quality", quality}, {"passes", std::int64_t{1}}}, *s_runner);
    const double psnr = meanPsnr(*s_scene, coded.cloud, *s_runner);
    EXPECT_GT(coded.file.size(), lastSize) << quality;
    EXPECT_GT(psnr, lastPsnr) << quality;
    lastSize = coded.file.size();
    lastPsnr = psnr;
  }
}

TEST_F(LightGaussianTest, PruningKeepsAnExactCountAndCostsQualityInOrder) {
  double last = 101;
  for (const double percent : {0.0, 20.0, 40.0, 66.0, 80.0}) {
    const CodedScene coded = codeScene(*s_scene, "fast", {{"prune", percent}}, *s_runner);
    const auto count = static_cast<double>(s_scene->cloud->count);
    EXPECT_EQ(coded.cloud->count,
              s_scene->cloud->count - static_cast<std::size_t>(percent / 100 * count));
    const double psnr = meanPsnr(*s_scene, coded.cloud, *s_runner);
    EXPECT_LT(psnr, last + 0.05) << percent;
    last = psnr;
  }
}

/// Check 3 of the acceptance list, as far as colours alone can go.
TEST_F(LightGaussianTest, RecoveryReturnsADecibelOfWhatPruningCost) {
  const auto psnrAfter = [&](std::int64_t passes) {
    const CodedScene coded = codeScene(
        *s_scene, "default", {{"prune", 40.0}, {"passes", passes}, {"vq_ratio", 0.0}}, *s_runner);
    return meanPsnr(*s_scene, coded.cloud, *s_runner);
  };
  const double without = psnrAfter(0);
  EXPECT_GE(psnrAfter(3), without + 1);
}

/// Check 3 with every parameter: geometry learns to fill the gaps, which colours alone cannot.
TEST_F(LightGaussianTest, FullRecoveryReturnsMoreThanColoursAlone) {
  const auto psnrAfter = [&](const char* recovery) {
    const ParamSet params{{"prune", 40.0},
                          {"vq_ratio", 0.0},
                          {"quality", 85.0},
                          {"recovery", std::string(recovery)},
                          {"steps", std::int64_t{300}}};
    const CodedScene coded = codeScene(*s_scene, "default", params, *s_runner);
    return meanPsnr(*s_scene, coded.cloud, *s_runner);
  };
  const double none = psnrAfter("none");
  const double linear = psnrAfter("linear");
  const double full = psnrAfter("full");
  RecordProperty("decibels", fmt::format("{:.2f} {:.2f} {:.2f}", none, linear, full));
  EXPECT_GE(full, none + 1);
  EXPECT_GE(full, linear + 0.3);
}

TEST_F(LightGaussianTest, FullRecoveryGoesOnWhereItWasCutOffToTheSameBytes) {
  const ParamSet overrides{{"recovery", std::string("full")}, {"steps", std::int64_t{60}}};
  const ParamSet params = lightGaussianParams("default", overrides);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*s_runner);
  const auto encode = [&](const std::filesystem::path& scratch, double stopAt) {
    std::stop_source source;
    Progress progress;
    RunContext context{*s_runner, progress, source.get_token(), rasterizer.get(), &s_scene->views,
                       1,         scratch};
    const std::jthread canceller([&](const std::stop_token& ended) {
      while (!ended.stop_requested() && progress.snapshot().fraction < stopAt) {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
      source.request_stop();
    });
    return lightGaussianCodec().encode(Scene(*s_scene->cloud), params, context);
  };
  const auto whole = encode({}, 2);
  ASSERT_TRUE(whole) << whole.error().message;
  const auto folder = testing::scratchFolder("lightgaussian-recovery");
  const auto cut = encode(folder, 0.4);
  ASSERT_FALSE(cut);
  ASSERT_EQ(cut.error().code, ErrorCode::Cancelled);
  EXPECT_TRUE(std::filesystem::exists(folder / "recovery"));
  const auto resumed = encode(folder, 2);
  ASSERT_TRUE(resumed) << resumed.error().message;
  EXPECT_EQ(*resumed, *whole);
}

/// Check 5 of the acceptance list.
TEST_F(LightGaussianTest, CodebookQualityFollowsRatioAndSize) {
  const auto params = [](double ratio, std::int64_t entries) {
    return ParamSet{{"vq_ratio", ratio}, {"codebook", entries},       {"prune", 0.0},
                    {"sh_step", 0.02},   {"passes", std::int64_t{0}}, {"color_step", 0.02}};
  };
  double last = 101;
  for (const double ratio : {30.0, 60.0, 90.0}) {
    const double psnr = meanPsnr(
        *s_scene, codeScene(*s_scene, "default", params(ratio, 256), *s_runner).cloud, *s_runner);
    EXPECT_LT(psnr, last + 0.05) << ratio;
    last = psnr;
  }
  last = 0;
  for (const std::int64_t entries : {16, 256, 2048}) {
    const double psnr = meanPsnr(
        *s_scene, codeScene(*s_scene, "default", params(60, entries), *s_runner).cloud, *s_runner);
    EXPECT_GT(psnr, last - 0.05) << entries;
    last = psnr;
  }
}

TEST_F(LightGaussianTest, SignificantSplatsAreWorthTheirOwnShInTheFaithfulLayout) {
  const auto select = [](const char* how) {
    return ParamSet{{"prune", 0.0},
                    {"sh_degree", std::int64_t{3}},
                    {"recovery", std::string("none")},
                    {"codebook", std::int64_t{256}},
                    {"vq_select", std::string(how)}};
  };
  const double chosen =
      meanPsnr(*s_scene, codeScene(*s_scene, "faithful", select("significance"), *s_runner).cloud,
               *s_runner);
  const double random = meanPsnr(
      *s_scene, codeScene(*s_scene, "faithful", select("random"), *s_runner).cloud, *s_runner);
  EXPECT_GE(chosen, random + 0.5);
}

TEST_F(LightGaussianTest, FaithfulKeepsPositionsBitByBit) {
  const CodedScene coded =
      codeScene(*s_scene, "faithful",
                {{"prune", 0.0}, {"recovery", std::string("none")}, {"codebook", std::int64_t{64}}},
                *s_runner);
  EXPECT_EQ(coded.cloud->means, s_scene->cloud->means);
  EXPECT_EQ(coded.cloud->shDegree, 2U);
}

TEST_F(LightGaussianTest, SaysWhatItNeeds) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const Codec& codec = lightGaussianCodec();
  const auto noViews = codec.encode(Scene(*s_scene->cloud), lightGaussianParams("", {}), context);
  ASSERT_FALSE(noViews);
  EXPECT_EQ(noViews.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(noViews.error().message.find("view"), std::string::npos);
  EXPECT_EQ(codec.check(Scene(GaussianCloud{}), lightGaussianParams("", {})).error().code,
            ErrorCode::InvalidParameter);
  // Nothing that needs views is asked for: none are needed.
  const ParamSet plain{{"prune", 0.0}, {"recovery", std::string("none")}, {"vq_ratio", 0.0}};
  EXPECT_TRUE(codec.encode(Scene(*s_scene->cloud), lightGaussianParams("", plain), context));
}

TEST_F(LightGaussianTest, StopsSoonAfterItIsAsked) {
  testing::expectStopsSoon(lightGaussianCodec(), *s_scene,
                           lightGaussianParams("", {{"passes", std::int64_t{50}}}),
                           std::chrono::milliseconds(60), *s_runner);
}

TEST(LightGaussianFile, SurvivesExtremeScenes) {
  SerialRunner runner;
  const ParamSet plain{{"prune", 0.0}, {"recovery", std::string("none")}, {"vq_ratio", 0.0}};
  for (unsigned degree = 0; degree <= kMaxShDegree; ++degree) {
    TestScene scene;
    scene.cloud =
        std::make_shared<const GaussianCloud>(testing::extremeCloud(200, degree, degree + 1));
    for (const char* preset : {"default", "faithful"}) {
      ParamSet params = plain;
      params["sh_degree"] = std::int64_t{4};
      const CodedScene coded = codeScene(scene, preset, params, runner);
      EXPECT_EQ(coded.cloud->count, 200U);
      EXPECT_EQ(coded.cloud->shDegree, degree);
    }
  }
}

TEST(LightGaussianFile, ManyEqualSplatsArePaddedToWhatReadersBelieve) {
  GaussianCloud one = testing::randomCloud(1, 3, 1);
  TestScene scene;
  scene.cloud = std::make_shared<const GaussianCloud>(
      gatherSplats(one, std::vector<std::uint32_t>(30000, 0)));
  SerialRunner runner;
  const ParamSet plain{{"prune", 0.0}, {"recovery", std::string("none")}, {"vq_ratio", 0.0}};
  EXPECT_EQ(codeScene(scene, "default", plain, runner).cloud->count, 30000U);
  EXPECT_EQ(codeScene(scene, "faithful", plain, runner).cloud->count, 30000U);
}

TEST(LightGaussianFile, RefusesOtherCodecsAndVersions) {
  Container container;
  container.codecId = "other";
  container.parameters = "{}";
  container.chunks.push_back({"scene", Bytes(8)});
  SerialRunner runner;
  Progress progress;
  RunContext context{runner, progress, {}};
  const Bytes other = *writeContainer(container);
  EXPECT_FALSE(lightGaussianCodec().recognises(other));
  EXPECT_EQ(lightGaussianCodec().decode(other, context).error().code, ErrorCode::NotThisFormat);
  container.codecId = "lightgaussian";
  for (const std::uint32_t version : {1U, 99U}) {
    container.codecVersion = version;
    EXPECT_EQ(lightGaussianCodec().decode(*writeContainer(container), context).error().code,
              ErrorCode::UnsupportedVersion);
  }
  container.codecVersion = lightGaussianCodec().info().formatVersion;
  container.chunks[0].data = Bytes(8, std::byte{0x7F});
  EXPECT_EQ(lightGaussianCodec().decode(*writeContainer(container), context).error().code,
            ErrorCode::CorruptData);
}

/// Check 2 on a real scene: the score beats opacity alone and chance by 3 dB at 66 %.
TEST(LightGaussianRealScene, SignificanceBeatsOpacityAndChance) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 6, 160, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const auto psnrBy = [&](const char* score) {
    return meanPsnr(
        scene,
        codeScene(scene, "fast", {{"prune", 66.0}, {"score", std::string(score)}}, *runner).cloud,
        *runner);
  };
  const double significance = psnrBy("significance");
  EXPECT_GE(significance, psnrBy("opacity") + 3);
  EXPECT_GE(significance, psnrBy("random") + 3);
}

/// Check 5 of the acceptance list, in the packed layout: steps are fine enough for the codebook to
/// be what costs quality.
TEST(LightGaussianRealScene, CodebookFollowsRatioSizeAndSignificance) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 6, 160, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const auto psnrOf = [&](double ratio, std::int64_t entries, const char* select) {
    const ParamSet params{{"passes", std::int64_t{0}},
                          {"prune", 0.0},
                          {"position_bits", 16.0},
                          {"scale_step", 0.02},
                          {"rotation_step", 0.01},
                          {"opacity_step", 0.01},
                          {"color_step", 0.01},
                          {"sh_step", 0.02},
                          {"vq_ratio", ratio},
                          {"codebook", entries},
                          {"vq_select", std::string(select)}};
    return meanPsnr(scene, codeScene(scene, "", params, *runner).cloud, *runner);
  };
  double last = 101;
  for (const double ratio : {30.0, 60.0, 90.0}) {
    const double psnr = psnrOf(ratio, 1024, "significance");
    EXPECT_LT(psnr, last + 0.05) << ratio << " %";
    last = psnr;
  }
  last = 0;
  for (const std::int64_t entries : {256, 1024, 2048, 8192}) {
    const double psnr = psnrOf(60, entries, "significance");
    EXPECT_GT(psnr, last - 0.05) << entries << " entries";
    last = psnr;
  }
  EXPECT_GE(psnrOf(60, 1024, "significance"), psnrOf(60, 1024, "random") + 0.5);
}

TEST(LightGaussianRealScene, ReachesItsTargetOnScannedObjects) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene = realTestScene("splats/chair_radegs.splat", "", 8, 120, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "chair_radegs is not on this machine";
  }
  const CodedScene coded = codeScene(scene, "default", {{"passes", std::int64_t{1}}}, *runner);
  const auto original = static_cast<double>(floatPlyBytes(scene.cloud->count, 0));
  EXPECT_GE(original / static_cast<double>(coded.file.size()), 8);
  EXPECT_GE(meanPsnr(scene, coded.cloud, *runner), 32);
}

}  // namespace
}  // namespace volpress::compressors
