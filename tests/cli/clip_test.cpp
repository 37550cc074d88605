// The commands on moving scenes, as the program runs them.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using testing::Outcome;

class ClipCommands : public ::testing::Test {
protected:
  void SetUp() override {
    const Outcome made = run("sample clip -o walk --frames 3 --splats 200 -q");
    ASSERT_EQ(made.exitCode, 0) << made.errors;
  }
  [[nodiscard]] Outcome run(const std::string& arguments) const {
    return testing::runShell("exec $V " + arguments, m_folder);
  }
  [[nodiscard]] json runJson(const std::string& arguments) const {
    const Outcome done = run(arguments + " --json");
    EXPECT_EQ(done.exitCode, 0) << done.errors;
    return json::parse(done.output, nullptr, false);
  }

  fs::path m_folder = testing::scratchFolder("clip_commands");
};

TEST_F(ClipCommands, EveryCodecGoesThroughAFreshProcess) {
  for (const std::string codec : {"dualgs", "hifi4g", "v3", "intra"}) {
    const auto encoded = run("encode walk -o c.dgsv -q --set segment_frames=2 --codec " + codec);
    ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
    EXPECT_EQ(runJson("info c.dgsv")["codec"], codec);
    const json measured = runJson("evaluate walk c.dgsv --views orbit:1");
    EXPECT_GT(measured["psnrWorst"].get<double>(), 30) << codec;
    fs::remove_all(m_folder / "back");
    const auto decoded = run("decode c.dgsv -o back -q");
    ASSERT_EQ(decoded.exitCode, 0) << decoded.errors;
    EXPECT_EQ(testing::namesIn(m_folder / "back").size(), 3U);
    EXPECT_EQ(run("codecs " + codec).exitCode, 0);
  }
}

TEST_F(ClipCommands, TransformIsTheEditOfEveryFrame) {
  const std::string edits = " --translate 1,0,-2 --rotate 0,90,0 --scale 0.5 --sh-degree 0";
  ASSERT_EQ(run("sequence transform walk -o moved -q" + edits).exitCode, 0);
  const auto frames = testing::namesIn(m_folder / "walk");
  ASSERT_EQ(testing::namesIn(m_folder / "moved").size(), frames.size());
  for (const std::string& name : frames) {
    ASSERT_EQ(run("convert walk/" + name + " one.ply -q" + edits).exitCode, 0);
    EXPECT_EQ(testing::readText(m_folder / "moved" / name), testing::readText(m_folder / "one.ply"))
        << name;
    fs::remove(m_folder / "one.ply");
  }
  EXPECT_TRUE(runJson("sequence info moved")["ordered"].get<bool>());
  EXPECT_EQ(run("sequence transform walk -o same").exitCode, 2);
  EXPECT_EQ(run("sequence transform walk -o less --min-opacity 0.5").exitCode, 2);
}

TEST_F(ClipCommands, VoxelFieldsGoTheSameWay) {
  ASSERT_EQ(run("sample voxels -o cube --frames 3 --resolution 16 -q").exitCode, 0);
  EXPECT_EQ(runJson("info cube")["frames"], 3);
  for (const std::string codec : {"streamrf", "fpo"}) {
    const auto encoded = run("encode cube -o v.dgsv -q --set segment_frames=2 --codec " + codec);
    ASSERT_EQ(encoded.exitCode, 0) << encoded.errors;
    EXPECT_EQ(runJson("info v.dgsv")["codec"], codec);
    EXPECT_GT(runJson("evaluate cube v.dgsv --views orbit:1")["psnrWorst"].get<double>(), 20);
    fs::remove_all(m_folder / "back");
    ASSERT_EQ(run("decode v.dgsv -o back -q").exitCode, 0);
    EXPECT_EQ(testing::namesIn(m_folder / "back").size(), 3U);
    const auto drawn = run("render v.dgsv -o v.png --frame 2 --size 64x48 -q");
    EXPECT_EQ(drawn.exitCode, 0) << drawn.errors;
  }
  const auto compared = run("compare cube -o report --views orbit:1 --pictures 1 -q");
  ASSERT_EQ(compared.exitCode, 0) << compared.errors;
  const json report = json::parse(testing::readText(m_folder / "report" / "results.json"));
  ASSERT_EQ(report["results"].size(), 3U);
  EXPECT_EQ(report["results"][2]["evaluation"]["views"].size(), 3U);
  EXPECT_NE(run("compare cube -o other --codecs dualgs -q").errors.find("streamrf"),
            std::string::npos);
  ASSERT_EQ(run("encode cube -o f.npz -q --codec fpo --set mode=exact").exitCode, 0);
  EXPECT_EQ(runJson("info f.npz")["frames"], 3);
  EXPECT_NE(run("render v.dgsv -o v.png --frame 3 -q").errors.find("frames 0 to 2"),
            std::string::npos);
}

TEST_F(ClipCommands, PresetsMoveSizeAndUnknownOnesAreNamed) {
  const auto bytesOf = [&](const std::string& preset) {
    return runJson("encode walk -o p.dgsv --codec hifi4g --preset " + preset)["bytes"].get<int>();
  };
  EXPECT_LT(bytesOf("small"), bytesOf("default"));
  EXPECT_LT(bytesOf("default"), bytesOf("fine"));
  const auto unknown = run("encode walk -o p.dgsv -q --codec hifi4g --preset huge");
  EXPECT_NE(unknown.exitCode, 0);
  EXPECT_NE(unknown.errors.find("small"), std::string::npos) << unknown.errors;
}

TEST_F(ClipCommands, CompareWritesCurvesAndPeers) {
  const auto done =
      run("compare walk --codecs dualgs,hifi4g:coarseness=2,4dgs,spz,dgs -o report --views orbit:1 "
          "--pictures 2 -q");
  ASSERT_EQ(done.exitCode, 0) << done.errors;
  const json report = json::parse(testing::readText(m_folder / "report" / "results.json"));
  EXPECT_EQ(report["frames"], 3);
  ASSERT_EQ(report["results"].size(), 5U);
  for (const json& row : report["results"]) {
    EXPECT_EQ(row["state"], "done") << row;
    EXPECT_EQ(row["flicker"].size(), 3U);
    EXPECT_EQ(row["evaluation"]["views"].size(), 3U);
    double bytes = 0;
    for (const json& part : row["parts"]) {
      for (const json& one : part["bytes"]) {
        bytes += one.get<double>();
      }
    }
    EXPECT_NEAR(bytes, row["evaluation"]["fileBytes"].get<double>(), 1);
    EXPECT_EQ(row["pictures"].size(), 2U);
  }
  const std::string page = testing::readText(m_folder / "report" / "index.html");
  EXPECT_NE(page.find("Over time"), std::string::npos);
  EXPECT_EQ(page.find("http://"), std::string::npos);
  const auto unknown = run("compare walk --codecs dualsg -o other -q");
  EXPECT_NE(unknown.errors.find("hifi4g"), std::string::npos) << unknown.errors;
}

TEST_F(ClipCommands, CompareAimsAtOneQuality) {
  const auto done =
      run("compare walk --codecs dualgs,4dgs --psnr 36 -o aimed --views orbit:1 --pictures 1 -q");
  ASSERT_EQ(done.exitCode, 0) << done.errors;
  const json report = json::parse(testing::readText(m_folder / "aimed" / "results.json"));
  for (const json& row : report["results"]) {
    // So few splats that steps of the knob show; the defaults are above 45 dB.
    EXPECT_NEAR(row["evaluation"]["meanPsnr"].get<double>(), 36, 4) << row["preset"];
    EXPECT_NE(row["command"].get<std::string>().find("coarseness="), std::string::npos);
  }
  EXPECT_EQ(run("compare walk/frame_00000.ply --psnr 36 -o other -q").exitCode, 2);
}

TEST_F(ClipCommands, InterchangeGoesThereAndBack) {
  ASSERT_EQ(run("sequence convert walk -o walk.4dgs -q").exitCode, 0);
  ASSERT_EQ(run("sequence convert walk -o dgs --to .dgs -q").exitCode, 0);
  for (const std::string file : {"walk.4dgs", "dgs/clip.dgs"}) {
    const json info = runJson("sequence info " + file);
    EXPECT_EQ(info["frames"], 3);
    EXPECT_EQ(info["ordered"], true);
    fs::remove_all(m_folder / "back");
    const auto back = run("sequence convert " + file + " -o back -q");
    ASSERT_EQ(back.exitCode, 0) << back.errors;
    EXPECT_EQ(testing::namesIn(m_folder / "back").size(), 3U);
  }
}

}  // namespace
}  // namespace volpress
