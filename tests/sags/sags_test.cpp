#include "compressors/sags/sags.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <thread>

#include <gtest/gtest.h>

#include "compressors/container/container.hpp"
#include "compressors/sags/stored_scene.hpp"
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

const Codec& codec() { return sagsCodec(); }

/// Few steps, so that a test takes a second.
const ParamSet kQuick{
    {"steps", std::int64_t{4}}, {"fit_steps", std::int64_t{30}}, {"sh_degree", std::int64_t{1}}};

ParamSet quick(const ParamSet& more) {
  ParamSet params = kQuick;
  for (const auto& [id, value] : more) {
    params[id] = value;
  }
  return params;
}

class SagsTest : public testing::SceneTest<10, 8> {};

TEST_F(SagsTest, EveryPresetMakesAFileThatDecodes) {
  for (const ParamPreset& preset : codec().info().presets) {
    const CodedScene coded = codeScene(codec(), *s_scene, preset.id, kQuick, *s_runner);
    ASSERT_GT(coded.cloud->count, 0U) << preset.id;
    EXPECT_LE(coded.cloud->count, s_scene->cloud->count) << preset.id;
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

TEST_F(SagsTest, OneAndTwoThreadsWriteTheSameBytesAndDecodeAlike) {
  SerialRunner serial;
  const auto clouds = [](const CodedScene& coded) {
    return std::tie(coded.cloud->means, coded.cloud->logScales, coded.cloud->rotations,
                    coded.cloud->opacityLogits, coded.cloud->shDc, coded.cloud->shRest);
  };
  for (const char* preset : {"default", "paper"}) {
    const CodedScene one = codeScene(codec(), *s_scene, preset, kQuick, serial);
    const CodedScene two = codeScene(codec(), *s_scene, preset, kQuick, *s_runner);
    EXPECT_EQ(one.file, two.file) << preset;
    EXPECT_TRUE(clouds(one) == clouds(two)) << preset;
  }
}

TEST_F(SagsTest, QualityMovesSizeAndPictureTheSameWay) {
  double lastPsnr = 0;
  std::size_t lastSize = 0;
  for (const double quality : {20.0, 60.0, 100.0}) {
    const CodedScene coded =
        codeScene(codec(), *s_scene, "default",
                  quick({{"quality", quality}, {"fit_steps", std::int64_t{60}}}), *s_runner);
    EXPECT_GT(coded.file.size(), lastSize) << quality;
    const double psnr = psnrOf(coded);
    EXPECT_GT(psnr, lastPsnr) << quality;
    lastSize = coded.file.size();
    lastPsnr = psnr;
  }
}

TEST_F(SagsTest, MoreBitsAndPointsTakeMoreBytes) {
  for (const auto& [id, values] : std::vector<std::pair<const char*, std::vector<double>>>{
           {"feature_bits", {4, 6, 8}}, {"keys", {10, 20, 40}}, {"precision", {10, 13, 16}}}) {
    std::size_t last = 0;
    for (const double value : values) {
      const std::size_t size =
          codeScene(
              codec(), *s_scene, "fast",
              quick({{"steps", std::int64_t{0}}, {"fit_steps", std::int64_t{4}}, {id, value}}),
              *s_runner)
              .file.size();
      EXPECT_GT(size, last) << id << " " << value;
      last = size;
    }
  }
}

TEST_F(SagsTest, MidPointsAreNotStored) {
  const CodedScene lite = codeScene(codec(), *s_scene, "fast", quick({}), *s_runner);
  const CodedScene full =
      codeScene(codec(), *s_scene, "fast", quick({{"layout", std::string("full")}}), *s_runner);
  // The same key points in both; between them as many again at least, for a bit or two each.
  EXPECT_GE(lite.cloud->count, 2 * full.cloud->count);
  const auto featureBytes = [](const CodedScene& coded) {
    return readContainer(coded.file).value().find("features")->data.size();
  };
  EXPECT_LT(static_cast<double>(featureBytes(lite)), 1.2 * static_cast<double>(featureBytes(full)));
  const std::size_t midPoints = lite.cloud->count - full.cloud->count;
  EXPECT_LT(readContainer(lite.file).value().find("mid-points")->data.size(), midPoints / 2);
}

TEST_F(SagsTest, FineTuningGains) {
  const CodedScene plain =
      codeScene(codec(), *s_scene, "fast", quick({{"steps", std::int64_t{0}}}), *s_runner);
  const CodedScene tuned =
      codeScene(codec(), *s_scene, "fast", quick({{"steps", std::int64_t{15}}}), *s_runner);
  EXPECT_GT(psnrOf(tuned), psnrOf(plain) + 0.1);
}

TEST_F(SagsTest, SaysWhatBakingLoses) {
  const CodedScene coded = codeScene(codec(), *s_scene, "paper", kQuick, *s_runner);
  EXPECT_TRUE(testing::saysSo(coded.log, "baked to SH"));
}

TEST_F(SagsTest, GoesOnWhereItWasCancelled) {
  const ParamSet params =
      resolveParams(codec().info(), "", quick({{"steps", std::int64_t{15}}})).value();
  testing::expectGoesOn(codec(), *s_scene, params,
                        {std::chrono::milliseconds(200), std::chrono::milliseconds(500)},
                        *s_runner);
}

TEST_F(SagsTest, LearnsFromPhotographs) {
  testing::expectLearnsFromPhotographs(
      codec(), *s_scene, resolveParams(codec().info(), "", kQuick).value(), *s_runner);
}

TEST_F(SagsTest, SaysWhatItNeeds) {
  Progress progress;
  RunContext context{*s_runner, progress, {}};
  const auto noViews = codec().encode(Scene(*s_scene->cloud),
                                      resolveParams(codec().info(), "", {}).value(), context);
  ASSERT_FALSE(noViews);
  EXPECT_EQ(noViews.error().code, ErrorCode::InvalidParameter);
  EXPECT_NE(noViews.error().message.find("view"), std::string::npos);
}

TEST_F(SagsTest, StopsSoonAfterItIsAsked) {
  testing::expectStopsSoon(codec(), *s_scene, resolveParams(codec().info(), "paper", {}).value(),
                           std::chrono::milliseconds(80), *s_runner);
}

/// A small file and what becomes of it when it is changed.
class SagsFile : public ::testing::Test {
protected:
  SagsFile() {
    TestScene scene;
    scene.cloud = std::make_shared<const GaussianCloud>(testing::randomCloud(80, 1, 3));
    scene.views = testing::orbitViews(*scene.cloud, 2, 40, 30);
    m_container = readContainer(codeScene(codec(), scene, "fast",
                                          {{"keys", 50.0},
                                           {"fit_steps", std::int64_t{5}},
                                           {"table_bits", std::int64_t{4}}},
                                          m_runner)
                                    .file)
                      .value();
  }

  static Bytes& chunk(Container& container, std::string_view name) {
    const auto found =
        std::find_if(container.chunks.begin(), container.chunks.end(),
                     [name](const Chunk& candidate) { return candidate.name == name; });
    return found->data;
  }

  Result<Scene> decode(const Container& container) {
    Progress progress;
    RunContext context{m_runner, progress, {}};
    return codec().decode(writeContainer(container).value(), context);
  }

  void expectRefused(const Container& container, const std::string& why) {
    const auto decoded = decode(container);
    ASSERT_FALSE(decoded) << why;
    EXPECT_EQ(decoded.error().code, ErrorCode::CorruptData) << why;
    EXPECT_NE(decoded.error().message.find(why), std::string::npos) << decoded.error().message;
  }

  SerialRunner m_runner;
  Container m_container;
};

TEST_F(SagsFile, RefusesChunksThatEndEarlyOrSayTooMuch) {
  for (const char* name :
       {"positions", "mid-points", "features", "sizes", "hash-grid", "networks"}) {
    Container damaged = m_container;
    chunk(damaged, name).pop_back();
    EXPECT_FALSE(decode(damaged)) << name;
  }
  Container longer = m_container;
  chunk(longer, "networks").resize(chunk(longer, "networks").size() + 2);
  expectRefused(longer, "2 bytes too many");
  Container infinite = m_container;
  const std::uint16_t infinity = 0x7C00;
  std::memcpy(chunk(infinite, "networks").data(), &infinity, 2);
  expectRefused(infinite, "'networks' holds inf");
}

TEST_F(SagsFile, RefusesHeadersOutOfRange) {
  const auto with = [&](std::size_t at, std::uint8_t value) {
    Container damaged = m_container;
    chunk(damaged, "scene")[at] = static_cast<std::byte>(value);
    return damaged;
  };
  expectRefused(with(0, 2), "layout");
  expectRefused(with(4, 0), "key point count is 0");
  expectRefused(with(7, 200), "key point count");
  expectRefused(with(4, 41), "for 41 different ones");
  expectRefused(with(24, 0), "grid of 0 bits");
  expectRefused(with(24, 22), "grid of 22 bits");
  expectRefused(with(24, 3), "in a grid of 3 bits");
  expectRefused(with(25, 0), "0 features");
  expectRefused(with(26, 3), "hash grid of 3 bits");
  expectRefused(with(26, 16), "hash grid of 16 bits");
  expectRefused(with(27, 2), "view flag 2");
  expectRefused(with(31, 0xFF), "view distance");
}

/// Heads of zeros but for their last biases: every splat is what FORMAT.md says by hand.
TEST_F(SagsFile, IsDecodedAsByHand) {
  constexpr std::size_t kX = 32 + 2 * 32;
  ByteWriter nets;
  const auto zeros = [&nets](std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      nets.write(halfFromFloat(0));
    }
  };
  const auto head = [&](std::size_t view, const std::vector<float>& biases) {
    zeros(kX * 32 + 32 + view * 32 + 32 * 32 + 32 + 32 * biases.size());
    for (const float bias : biases) {
      nets.write(halfFromFloat(bias));
    }
  };
  zeros(2 * kX);
  zeros(kX * 64 + 64 + 3 * 64);
  for (const float move : {0.5F, -1.0F, 20.0F}) {
    nets.write(halfFromFloat(move));
  }
  head(0, {1});
  head(4, {0, 2, -2});
  head(0, {0, 1, -20, 0, 0.5F, -0.5F, 0.25F});
  Container container = m_container;
  ASSERT_EQ(chunk(container, "networks").size(), nets.size());
  chunk(container, "networks") = nets.bytes();
  const auto before = decode(m_container);
  const auto decoded = decode(container);
  ASSERT_TRUE(decoded) << decoded.error().message;
  const auto& cloud = std::get<GaussianCloud>(*decoded);
  ASSERT_EQ(cloud.count, std::get<GaussianCloud>(*before).count);
  const auto sigmoid = [](double value) { return 1 / (1 + std::exp(-value)); };
  for (std::size_t i = 0; i < cloud.count; ++i) {
    EXPECT_NEAR(cloud.opacityLogits[i], std::log(std::tanh(1.0) / (1 - std::tanh(1.0))), 1e-5);
    EXPECT_EQ(std::vector<float>(&cloud.rotations[4 * i], &cloud.rotations[4 * i] + 4),
              (std::vector<float>{1, 0.5F, -0.5F, 0.25F}));
    const double kSh = 0.28209479177387814;
    EXPECT_NEAR(cloud.shDc[3 * i], 0, 1e-5);
    EXPECT_NEAR(cloud.shDc[3 * i + 1], (sigmoid(2) - 0.5) / kSh, 1e-4);
    EXPECT_NEAR(cloud.shDc[3 * i + 2], (sigmoid(-2) - 0.5) / kSh, 1e-4);
    for (std::size_t k = 0; k < 9; ++k) {
      EXPECT_NEAR(cloud.shRest[9 * i + k], 0, 1e-4);
    }
    // Axes: what is stored, in steps of 0.2 (of mid-points: of 0.1), plus the logarithms of the
    // sigmoids of 0, 1 and -20, cut at -12.
    const std::array<double, 3> said{std::log(sigmoid(0)), std::log(sigmoid(1)),
                                     std::log(sigmoid(-12))};
    for (std::size_t c = 0; c < 3; ++c) {
      const double stored = static_cast<double>(cloud.logScales[3 * i + c]) - said[c];
      EXPECT_NEAR(stored / 0.1, std::round(stored / 0.1), 1e-3) << i << " " << c;
    }
  }
}

/// On the real capture with SH 3, without drawing it once: 19 dB at 35 times less than float PLY
/// after a few seconds.
TEST(SagsRealScene, FitsARealCaptureWithoutDrawingIt) {
  const auto runner = makeThreadRunner(2);
  const TestScene scene =
      testing::realTestScene("splats/fox_sh3.ply", "cameras/fox_sh3_cameras.json", 8, 120, *runner);
  if (scene.cloud == nullptr) {
    GTEST_SKIP() << "fox_sh3 is not on this machine";
  }
  const CodedScene coded =
      codeScene(codec(), scene, "fast",
                {{"fit_steps", std::int64_t{60}}, {"sh_degree", std::int64_t{0}}}, *runner);
  EXPECT_GE(static_cast<double>(floatPlyBytes(scene.cloud->count, 3)) /
                static_cast<double>(coded.file.size()),
            35);
  EXPECT_GE(meanPsnr(scene, coded.cloud, *runner), 19);
}

}  // namespace
}  // namespace volpress::compressors
