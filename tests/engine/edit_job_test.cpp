// Edits inside jobs: as JSON, on the command line that repeats them, and done.
#include <algorithm>

#include <gtest/gtest.h>

#include "app/engine/job.hpp"
#include "app/engine/run_job.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/formats/format.hpp"
#include "tests/support/test_clouds.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

JobSpec editedJob() {
  JobSpec spec;
  spec.input = "in.ply";
  spec.output = "out.spz";
  spec.codec = "spz";
  spec.level = 2;
  spec.edits = {*edit::parseEdit("crop-box", "-1,-1,-1,1,1,1,outside"),
                *edit::parseEdit("sh-degree", "1"), *edit::parseEdit("scale", "2.5")};
  spec.edits[1].enabled = false;
  return spec;
}

TEST(EditJob, EditsSurviveJson) {
  const JobSpec spec = editedJob();
  const auto back = jobFromJson(jobToJson(spec));
  ASSERT_TRUE(back.has_value()) << back.error().message;
  EXPECT_EQ(back->edits, spec.edits);
  EXPECT_EQ(back->level, 2U);
  EXPECT_FALSE(jobFromJson(R"({"input":"a","output":"b","codec":"spz","edits":[{"kind":"x",)"
                           R"("params":{}}]})")
                   .has_value());
}

TEST(EditJob, TheRepeatingLineHoldsWhatIsOn) {
  const std::string line = repeatingCommand(editedJob());
  EXPECT_NE(line.find("--crop-box=-1,-1,-1,1,1,1,outside"), std::string::npos) << line;
  EXPECT_NE(line.find("--scale=2.5"), std::string::npos) << line;
  EXPECT_NE(line.find("--level 2"), std::string::npos) << line;
  EXPECT_EQ(line.find("sh-degree"), std::string::npos) << line;
}

TEST(EditJob, TheEditedSceneIsWhatIsEncodedAndMeasured) {
  const std::filesystem::path folder = testing::scratchFolder("edit-job");
  const auto runner = makeThreadRunner(2);
  Progress progress;
  formats::IoContext context{*runner, progress, {}, {}};
  const GaussianCloud cloud = testing::randomCloud(3000, 1, 4);
  ASSERT_TRUE(formats::saveCloud(folder / "in.ply", cloud, {}, context).has_value());
  JobSpec spec;
  spec.input = folder / "in.ply";
  spec.output = folder / "out.vpc";
  spec.codec = "null";
  spec.views = "orbit:2";
  spec.edits = {*edit::parseEdit("crop-sphere", "0,0,0,1"), *edit::parseEdit("translate", "9,0,0")};
  StagedProgress staged;
  std::vector<std::string> log;
  JobRun run{staged, {}, [&](const std::string& line) { log.push_back(line); }, true};
  const auto evaluation = runJob(spec, run);
  ASSERT_TRUE(evaluation.has_value()) << evaluation.error().message;
  EXPECT_LT(evaluation->splatsIn, 2000U);
  EXPECT_EQ(evaluation->splatsIn, evaluation->splatsOut);
  EXPECT_EQ(evaluation->meanPsnr(), 100) << "against the edited scene, nothing is lost";
  const auto back = loadScene(spec.output, *runner, progress, {});
  ASSERT_TRUE(back.has_value());
  EXPECT_GT(meanBounds(*back->cloud).min[0], 7.9F);
  EXPECT_NE(std::find_if(
                log.begin(), log.end(),
                [](const std::string& line) { return line.find("removes ") != std::string::npos; }),
            log.end());
}

}  // namespace
}  // namespace volpress::engine
