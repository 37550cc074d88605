// Doctor, edits, levels and folders of scenes, as a person's shell runs them.
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using nlohmann::json;
using testing::namesIn;
using testing::Outcome;
using testing::runShell;

class SceneToolsTest : public ::testing::Test {
protected:
  Outcome run(const std::string& arguments) const {
    return runShell("exec $V " + arguments, m_folder);
  }
  json info(const std::string& file) const {
    return json::parse(run("info --json " + file).output);
  }
  void SetUp() override {
    const Outcome made = run("sample scene.ply -q --scale 0.02");
    ASSERT_EQ(made.exitCode, 0) << made.errors;
  }

  std::filesystem::path m_folder = testing::scratchFolder("scene-tools");
};

TEST_F(SceneToolsTest, doctorExitsWithThreeUntilTheFileIsRepaired) {
  EXPECT_EQ(runShell("head -c 300000 scene.ply > cut.ply", m_folder).exitCode, 0);
  const Outcome ill = run("doctor cut.ply");
  EXPECT_EQ(ill.exitCode, 3) << ill.output << ill.errors;
  EXPECT_NE(ill.output.find("ends early"), std::string::npos) << ill.output;
  EXPECT_EQ(run("info cut.ply").exitCode, 1);

  const Outcome repaired = run("doctor cut.ply --repair mended.ply --json");
  EXPECT_EQ(repaired.exitCode, 0) << repaired.errors;
  const json report = json::parse(repaired.output);
  EXPECT_EQ(report["findings"][0]["id"], "truncated");
  EXPECT_EQ(report["repaired"]["splats"], info("mended.ply")["splats"]);
  EXPECT_EQ(run("doctor mended.ply").exitCode, 0);
  EXPECT_EQ(run("doctor missing.ply").exitCode, 1);
  EXPECT_EQ(run("doctor").exitCode, 2);
}

TEST_F(SceneToolsTest, editsAreDoneInTheOrderGiven) {
  const std::size_t all = info("scene.ply")["splats"];
  const Outcome cropped = run("convert scene.ply a.ply --crop-sphere 0,0,0,1 --translate=5,0,0");
  ASSERT_EQ(cropped.exitCode, 0) << cropped.errors;
  EXPECT_NE(cropped.output.find("removes "), std::string::npos) << cropped.output;
  const json inside = info("a.ply");
  EXPECT_LT(inside["splats"], all);
  EXPECT_GT(inside["bounds"]["min"][0], 3.9);
  const Outcome empty = run("convert scene.ply b.ply --translate=500,0,0 --crop-sphere 0,0,0,1");
  EXPECT_EQ(empty.exitCode, 2);
  EXPECT_NE(empty.errors.find("would remove all"), std::string::npos) << empty.errors;
  EXPECT_EQ(run("convert scene.ply c.ply --crop-sphere 0,0").exitCode, 0);
  const Outcome mistake = run("convert scene.ply d.ply --rotate 1,x");
  EXPECT_EQ(mistake.exitCode, 2);
  EXPECT_NE(mistake.errors.find("rotate"), std::string::npos) << mistake.errors;
}

TEST_F(SceneToolsTest, encodingTakesEditsAndItsJobRepeatsThem) {
  const Outcome encoded =
      run("encode scene.ply -o a.spz --codec spz --min-opacity 0.5 --scale 2 --sh-degree 0 --json");
  ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
  const json result = json::parse(encoded.output);
  ASSERT_EQ(result["job"]["edits"].size(), 3U);
  EXPECT_EQ(result["job"]["edits"][0]["kind"], "min-opacity");
  EXPECT_LT(result["evaluation"]["splatsIn"], info("scene.ply")["splats"]);
  EXPECT_EQ(info("a.spz")["shDegree"], 0);
}

TEST_F(SceneToolsTest, foldersAreConvertedAndFailuresNamed) {
  ASSERT_EQ(
      runShell("mkdir -p in/deep && cp scene.ply in/one.ply && $V convert scene.ply "
               "in/deep/two.splat -q && head -c 999 scene.ply > in/broken.ply && echo hi > "
               "in/notes.txt && $V convert scene.ply in/loose/meta.json -q --set palette=1024",
               m_folder)
          .exitCode,
      0);
  const Outcome outcome = run("convert in out --to spz");
  EXPECT_EQ(outcome.exitCode, 1);
  EXPECT_NE(outcome.errors.find("1 of 4"), std::string::npos) << outcome.errors;
  EXPECT_NE(outcome.errors.find("broken.ply"), std::string::npos) << outcome.errors;
  EXPECT_EQ(namesIn(m_folder / "out"), (std::vector<std::string>{"deep", "loose.spz", "one.spz"}));
  EXPECT_EQ(namesIn(m_folder / "out" / "deep"), std::vector<std::string>{"two.spz"});
  EXPECT_EQ(info("out/loose.spz")["splats"], info("scene.ply")["splats"]);
  ASSERT_EQ(runShell("rm in/broken.ply", m_folder).exitCode, 0);
  const Outcome clean = run("convert in again --to glb --json");
  EXPECT_EQ(clean.exitCode, 0) << clean.errors;
  EXPECT_EQ(json::parse(clean.output)["converted"].size(), 3U);
  EXPECT_EQ(run("convert scene.ply out --to spz").exitCode, 2);
}

TEST_F(SceneToolsTest, levelsCanBeChosen) {
  ASSERT_EQ(
      run("convert scene.ply lod/lod-meta.json -q --set levels=3 --set palette=1024").exitCode, 0);
  const std::size_t all = info("scene.ply")["splats"];
  EXPECT_EQ(info("lod")["levels"], 3);
  EXPECT_EQ(info("lod")["splats"], all);
  EXPECT_EQ(info("lod/lod-meta.json --level 1")["splats"], (all + 1) / 2);
  ASSERT_EQ(run("convert lod small.ply --level 2 -q").exitCode, 0);
  EXPECT_EQ(info("small.ply")["splats"], ((all + 1) / 2 + 1) / 2);
  EXPECT_EQ(run("info lod --level 3").exitCode, 2);
}

TEST_F(SceneToolsTest, whatAFormatLosesIsSaid) {
  const Outcome lossy = run("convert scene.ply a.splat --json");
  ASSERT_EQ(lossy.exitCode, 0) << lossy.errors;
  const std::string lost = json::parse(lossy.output)["lost"];
  EXPECT_FALSE(lost.empty());
  EXPECT_NE(lossy.errors.find("a.splat: lost in this format: " + lost), std::string::npos)
      << lossy.errors;
  const Outcome whole = run("convert scene.ply b.ply --json");
  EXPECT_EQ(json::parse(whole.output)["lost"], "");
  EXPECT_EQ(whole.errors.find("lost in this format"), std::string::npos) << whole.errors;
}

TEST_F(SceneToolsTest, resultsAreComparedWithTheEditedOriginal) {
  const std::string edits = " --crop-sphere 0,0,0,1 --rotate 0,40,0 ";
  ASSERT_EQ(run("convert scene.ply edited.ply -q" + edits).exitCode, 0);
  ASSERT_EQ(run("encode scene.ply -q -o a.spz --codec spz" + edits).exitCode, 0);
  const auto evaluated = [&](const std::string& arguments) {
    const Outcome outcome = run("evaluate --json --views orbit:3 " + arguments);
    EXPECT_EQ(outcome.exitCode, 0) << outcome.errors;
    return json::parse(outcome.output)["evaluation"];
  };
  const json byHand = evaluated("edited.ply a.spz");
  const json here = evaluated("scene.ply a.spz" + edits);
  EXPECT_EQ(here["splatsIn"], byHand["splatsIn"]);
  EXPECT_NEAR(double{here["meanPsnr"]}, double{byHand["meanPsnr"]}, 0.01);
  EXPECT_LT(double{evaluated("scene.ply a.spz")["meanPsnr"]}, double{here["meanPsnr"]} - 3)
      << "the uncropped scene is another one";

  const Outcome attributed = run("attribute --json --views orbit:2 scene.ply a.spz" + edits);
  ASSERT_EQ(attributed.exitCode, 0) << attributed.errors;
  EXPECT_EQ(json::parse(attributed.output)["splatsIn"], here["splatsIn"]);
}

TEST_F(SceneToolsTest, comparisonsAndSweepsTakeEditsAndRepeatThem) {
  const std::string edits = " --min-opacity 0.5 --sh-degree 0 ";
  const std::size_t all = info("scene.ply")["splats"];
  for (const std::string command : {"compare --codecs null,spz", "sweep --codecs spz --points 2"}) {
    const Outcome outcome = run(fmt::format(
        "{} scene.ply --json --views orbit:2 --pictures 1 -o report{}", command, edits));
    ASSERT_EQ(outcome.exitCode, 0) << outcome.errors;
    const json report = json::parse(outcome.output);
    EXPECT_LT(report["splats"], all);
    EXPECT_EQ(report["shDegree"], 0);
    ASSERT_EQ(report["edits"].size(), 2U);
    for (const json& row : report["results"]) {
      EXPECT_EQ(row["evaluation"]["splatsIn"], report["splats"]);
      EXPECT_NE(std::string(row["command"]).find("--min-opacity=0.5"), std::string::npos)
          << row["command"];
    }
  }
  EXPECT_EQ(runShell("grep -c 'edited before' report/index.html", m_folder).exitCode, 0);
  ASSERT_EQ(
      run("convert scene.ply lod/lod-meta.json -q --set levels=3 --set palette=1024").exitCode, 0);
  const Outcome coarse =
      run("compare lod --level 2 --codecs spz --json --views orbit:2 --pictures 1 -o coarse");
  ASSERT_EQ(coarse.exitCode, 0) << coarse.errors;
  EXPECT_EQ(json::parse(coarse.output)["splats"], ((all + 1) / 2 + 1) / 2);
}

}  // namespace
}  // namespace volpress
