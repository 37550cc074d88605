// Jobs on moving scenes: what they measure, and what they leave behind.
#include <cmath>

#include <gtest/gtest.h>

#include "app/engine/clip_files.hpp"
#include "app/engine/sequence_job.hpp"
#include "app/engine/voxel_clip.hpp"
#include "scene/formats/voxel_npz.hpp"
#include "scene/sequence/sample_clip.hpp"
#include "scene/types/sample_voxels.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

class SequenceJob : public ::testing::Test {
protected:
  static void SetUpTestSuite() {
    s_folder = testing::scratchFolder("sequence-job");
    SerialRunner runner;
    ClipOptions options;
    options.frames = 4;
    options.splats = 1000;
    GaussianSequence sequence(makeSampleClip(options, {}, runner));
    Progress progress;
    ASSERT_TRUE(
        writeSequence(sequence, s_folder / "frames", ".ply", 0, 3, 1, runner, progress, {}));
  }
  static JobSpec job(const std::string& codec) {
    JobSpec spec;
    spec.input = s_folder / "frames";
    spec.output = s_folder / (codec + ".dgsv");
    spec.codec = codec;
    spec.views = "orbit:2";
    return spec;
  }
  static Result<Evaluation> run(const JobSpec& spec, std::stop_token stop = {}) {
    StagedProgress progress;
    JobRun run{progress, std::move(stop), [](const std::string&) {}, true};
    auto result = runJob(spec, run);
    if (result) {
      EXPECT_EQ(progress.snapshot().fraction, 1);
    }
    return result;
  }
  static inline fs::path s_folder;
};

TEST_F(SequenceJob, everyFrameIsMeasuredFromTheFileOnDisk) {
  for (const compressors::SequenceCodec* codec : compressors::allSequenceCodecs()) {
    const JobSpec spec = job(codec->info().id);
    const auto result = run(spec);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->fileBytes, fs::file_size(spec.output));
    EXPECT_EQ(result->splatsOut, 1000U);
    EXPECT_GT(result->ratio(), 2) << spec.codec;
    ASSERT_EQ(result->views.size(), 4U);
    EXPECT_EQ(result->views[2].view, "frame 2");
    EXPECT_GT(result->meanPsnr(), 25) << spec.codec;
    EXPECT_TRUE(std::isnan(result->views[0].flip));
    std::uint64_t sum = 0;
    for (const formats::ByteShare& share : result->breakdown) {
      sum += share.bytes;
    }
    EXPECT_EQ(sum, result->fileBytes) << spec.codec;
    // It comes over to the program that waits for it as it is.
    const auto read = evaluationFromJson(evaluationToJson(*result));
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->views.size(), 4U);
  }
}

TEST_F(SequenceJob, voxelFieldsGoTheSameWay) {
  SerialRunner runner;
  const fs::path folder = s_folder / "voxels";
  fs::create_directory(folder);
  for (std::size_t frame = 0; frame < 2; ++frame) {
    const auto bytes = formats::writeVoxelFile(sampleVoxels({2, 16}, frame, runner));
    ASSERT_TRUE(bytes && writeFileAtomically(folder / frameName(frame, ".npz"), *bytes));
  }
  for (const compressors::VoxelSequenceCodec* codec : compressors::allVoxelCodecs()) {
    JobSpec spec = job(codec->info().id);
    EXPECT_EQ(run(spec).error().code, ErrorCode::InvalidParameter);  // splats
    spec.input = folder;
    spec.preset = "fine";
    const auto result = run(spec);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(result->fileBytes, fs::file_size(spec.output));
    EXPECT_EQ(result->views.size(), 2U);
    EXPECT_GT(result->meanPsnr(), 25) << spec.codec;
    EXPECT_GT(result->ratio(), 2) << spec.codec;
    EXPECT_GT(result->breakdown.size(), 2U);
  }
  JobSpec splats = job("dualgs");
  splats.input = folder;
  EXPECT_EQ(run(splats).error().code, ErrorCode::InvalidParameter);
}

TEST_F(SequenceJob, nothingIsLeftOfOneThatDoesNotEnd) {
  std::stop_source stop;
  stop.request_stop();
  const JobSpec spec = [] {
    JobSpec wanted = job("intra");
    wanted.output = s_folder / "stopped.dgsv";
    return wanted;
  }();
  const auto result = run(spec, stop.get_token());
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::Cancelled);
  for (const auto& file : fs::directory_iterator(s_folder)) {
    EXPECT_EQ(file.path().filename().string().find("stopped"), std::string::npos);
  }
}

TEST_F(SequenceJob, whatOnlySingleScenesHaveIsRefusedInWords) {
  JobSpec aims = job("dualgs");
  aims.target = QualityTarget{QualityTarget::Kind::MeanPsnr, 40};
  EXPECT_EQ(run(aims).error().code, ErrorCode::InvalidParameter);
  JobSpec single = job("dualgs");
  single.input = s_folder / "frames" / frameName(0, ".ply");
  const auto refused = run(single);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("folder of numbered frames"), std::string::npos)
      << refused.error().message;
  JobSpec preset = job("dualgs");
  preset.preset = "tiny";
  EXPECT_EQ(run(preset).error().code, ErrorCode::InvalidParameter);
}

}  // namespace
}  // namespace volpress::engine
