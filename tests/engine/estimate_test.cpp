// How good the quick guesses are: against what the codecs really make of a scene.
#include "app/engine/estimate.hpp"

#include <chrono>
#include <cmath>

#include <gtest/gtest.h>

#include "app/engine/run_job.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

class EstimateTest : public ::testing::Test {
protected:
  /// What a job makes of the scene.
  [[nodiscard]] KnownResult real(const std::string& codec, const ParamSet& overrides) {
    JobSpec spec;
    spec.input = scenePath;
    spec.output = folder / (codec + std::to_string(count++) + ".out");
    spec.codec = codec;
    spec.overrides = overrides;
    spec.views = "orbit:3";
    StagedProgress progress;
    JobRun run{progress, {}, [](const std::string&) {}, true};
    const auto evaluation = runJob(spec, run);
    EXPECT_TRUE(evaluation) << evaluation.error().message;
    return {codec, paramsOf(codec, overrides), evaluation->fileBytes, evaluation->meanPsnr()};
  }
  static ParamSet paramsOf(const std::string& codec, const ParamSet& overrides) {
    return compressors::resolveParams(compressors::findCodec(codec)->info(), "", overrides)
        .value_or(ParamSet());
  }
  void makeScene() {
    SerialRunner serial;
    scenePath = folder / "scene.ply";
    auto made = std::make_shared<GaussianCloud>(makeSampleScene(1, 0.25, *runner));
    Progress progress;
    formats::IoContext io{*runner, progress, {}, {}};
    ASSERT_TRUE(formats::saveCloud(scenePath, *made, {}, io));
    cloud = made;
  }

  std::filesystem::path folder = testing::scratchFolder("estimate");
  std::filesystem::path scenePath;
  std::unique_ptr<TaskRunner> runner = makeThreadRunner();
  std::shared_ptr<const GaussianCloud> cloud;
  int count = 0;
};

TEST_F(EstimateTest, sizesAndQualitiesAreNearAndKnownResultsBringThemNearer) {
  makeScene();
  auto estimator = Estimator::make(cloud, *runner, {});
  ASSERT_TRUE(estimator) << estimator.error().message;
  const ParamSet fast{{"passes", std::int64_t{0}}};
  for (const auto& [id, first, second] :
       {std::tuple<std::string, ParamSet, ParamSet>{"spz", {}, {{"sh_bits", std::int64_t{3}}}},
        {"splat", {}, {{"keep", 60.0}}},
        {"compressed-ply", {}, {}},
        {"lightgaussian", fast, {{"passes", std::int64_t{0}}, {"quality", 40.0}}}}) {
    const compressors::Codec& codec = *compressors::findCodec(id);
    const KnownResult one = real(id, first);
    const KnownResult other = real(id, second);
    const auto alone = estimator->estimate(codec, one.params, {}, {});
    ASSERT_TRUE(alone) << id << " " << alone.error().message;
    const std::vector<KnownResult> known{one};
    const auto start = std::chrono::steady_clock::now();
    const auto corrected = estimator->estimate(codec, other.params, known, {});
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    ASSERT_TRUE(corrected) << id;
    const double aloneOff = alone->bytes / static_cast<double>(one.fileBytes) - 1;
    const double correctedOff = corrected->bytes / static_cast<double>(other.fileBytes) - 1;
    std::printf(
        "%-15s size %+5.1f %% alone, %+5.1f %% corrected; quality %+5.1f, %+5.1f dB; %.0f ms\n",
        id.c_str(), 100 * aloneOff, 100 * correctedOff, alone->psnr.value_or(0) - one.meanPsnr,
        corrected->psnr.value_or(0) - other.meanPsnr, 1000 * seconds);
    // Twice the error that is told: two thirds are to be within it, one scene proves no more.
    EXPECT_LT(std::abs(aloneOff), 2 * alone->bytesError) << id;
    EXPECT_LT(std::abs(correctedOff), 2 * corrected->bytesError) << id;
    EXPECT_EQ(corrected->known, 1U);
    ASSERT_TRUE(corrected->psnr) << id;
    EXPECT_LT(std::abs(*corrected->psnr - other.meanPsnr), 2 * corrected->psnrError) << id;
  }
}

TEST_F(EstimateTest, losslessHasNoQualityToGuess) {
  makeScene();
  auto estimator = Estimator::make(cloud, *runner, {});
  ASSERT_TRUE(estimator);
  const auto guess =
      estimator->estimate(*compressors::findCodec("null"), paramsOf("null", {}), {}, {});
  ASSERT_TRUE(guess);
  EXPECT_FALSE(guess->psnr);
}

}  // namespace
}  // namespace volpress::engine
