// Encoding as real processes: equal bytes, no leftovers, cancel, reports.
#include <cmath>
#include <regex>
#include <set>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/engine/png_image.hpp"
#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using nlohmann::json;
using testing::namesIn;
using testing::Outcome;
using testing::readText;
using testing::runShell;
using testing::smallViews;

class JobsTest : public ::testing::Test {
protected:
  Outcome run(const std::string& arguments, int interruptAfterMs = -1) const {
    return runShell("exec $V " + arguments, folder, interruptAfterMs);
  }

  void makeScene(const char* scale) const {
    const Outcome made = run(std::string("sample scene.ply -q --scale ") + scale);
    ASSERT_EQ(made.exitCode, 0) << made.errors;
  }

  struct ListedCodec {
    std::string id;
    std::string extension;
    /// `--set` options which let it fine-tune, where it does, for a second instead of minutes.
    std::string fewSteps;
  };
  /// All codecs of splats.
  std::vector<ListedCodec> codecs() const {
    std::vector<ListedCodec> list;
    for (const json& codec : json::parse(run("codecs --json").output)) {
      if (codec["compresses"] != "splats") {
        continue;
      }
      std::string settings;
      for (const json& param : codec["params"]) {
        const auto id = param["id"].get<std::string>();
        if (id.ends_with("steps")) {
          settings += " --set " + id + "=15";
        }
      }
      list.push_back({codec["id"], codec["extension"], settings});
    }
    return list;
  }

  std::filesystem::path folder = testing::scratchFolder("jobs");
};

TEST_F(JobsTest, sameBytesOnOneAndTwoThreadsFromEveryCodec) {
  makeScene("0.01");
  const std::string views = smallViews(folder, 4);
  const std::vector<ListedCodec> all = codecs();
  ASSERT_GE(all.size(), 5U);
  for (const auto& [id, extension, fewSteps] : all) {
    const std::string common = "--codec " + id + fewSteps + views + "-q";
    const Outcome one =
        run(fmt::format("encode scene.ply --threads 1 {} -o one{}", common, extension));
    ASSERT_EQ(one.exitCode, 0) << id << ": " << one.errors;
    const Outcome two =
        run(fmt::format("encode scene.ply --threads 2 {} -o two{}", common, extension));
    ASSERT_EQ(two.exitCode, 0) << id << ": " << two.errors;
    EXPECT_EQ(readText(folder / ("one" + extension)), readText(folder / ("two" + extension))) << id;
    // Decoding is the same on any thread count as well, in processes that know the file alone.
    ASSERT_EQ(run("decode one" + extension + " --threads 1 -q -o a.ply").exitCode, 0) << id;
    ASSERT_EQ(run("decode two" + extension + " --threads 2 -q -o b.ply").exitCode, 0) << id;
    EXPECT_EQ(readText(folder / "a.ply"), readText(folder / "b.ply")) << id;
  }
}

TEST_F(JobsTest, nullCodecGivesTheSceneBackByteForByte) {
  makeScene("0.01");
  ASSERT_EQ(run("encode scene.ply -o a.vpc --codec null -q").exitCode, 0);
  ASSERT_EQ(run("decode a.vpc -o back.ply -q").exitCode, 0);
  EXPECT_EQ(readText(folder / "scene.ply"), readText(folder / "back.ply"));
  const Outcome measured = run("evaluate scene.ply a.vpc --views orbit:3 --images pictures --json");
  ASSERT_EQ(measured.exitCode, 0) << measured.errors;
  const json evaluation = json::parse(measured.output)["evaluation"];
  ASSERT_EQ(evaluation["views"].size(), 3U);
  EXPECT_EQ(evaluation["views"][0]["psnr"], "Infinity");
  EXPECT_EQ(evaluation["meanPsnr"], 100);
  EXPECT_EQ(evaluation["views"][0]["flip"], 0.0);
  EXPECT_EQ(namesIn(folder / "pictures").size(), 9U);
}

TEST_F(JobsTest, aTargetThatIsMissedIsToldToPeopleAndPrograms) {
  makeScene("0.01");
  const std::string command = "encode scene.ply -o a.spz --codec spz --target-size 200 -q";
  const Outcome told = run(command);
  ASSERT_EQ(told.exitCode, 0) << told.errors;
  EXPECT_NE(told.output.find("target missed: 0.2 kB is out of reach"), std::string::npos)
      << told.output;
  const json evaluation = json::parse(run(command + " --json").output)["evaluation"];
  EXPECT_NE(evaluation["missedTarget"].get<std::string>().find("out of reach"), std::string::npos);
  const Outcome plain = run("encode scene.ply -o a.spz --codec spz --json -q");
  EXPECT_FALSE(json::parse(plain.output)["evaluation"].contains("missedTarget"));
}

TEST_F(JobsTest, infoTellsWhatAFileOfOursHolds) {
  makeScene("0.01");
  ASSERT_EQ(run("encode scene.ply -o a.vpc --codec null -q").exitCode, 0);
  const json info = json::parse(run("info a.vpc --json").output);
  EXPECT_EQ(info["codec"], "null");
  std::uint64_t sum = 0;
  for (const json& share : info["breakdown"]) {
    sum += share["bytes"].get<std::uint64_t>();
  }
  EXPECT_EQ(sum, info["fileBytes"].get<std::uint64_t>());
  EXPECT_EQ(sum, std::filesystem::file_size(folder / "a.vpc"));
}

TEST_F(JobsTest, aFileSizeLimitLeavesNothingBehind) {
  makeScene("0.05");
  for (const char* line :
       {"convert scene.ply a.ply", "encode scene.ply -o a.vpc --codec null",
        "render scene.ply -o a.png --size 1280x720", "sample a.ply --scale 0.05"}) {
    const Outcome outcome = runShell(std::string("ulimit -f 16; exec $V ") + line, folder);
    EXPECT_EQ(outcome.exitCode, 1) << line << "\n" << outcome.errors;
    EXPECT_NE(outcome.errors.find("File too large"), std::string::npos) << outcome.errors;
    EXPECT_EQ(namesIn(folder), std::vector<std::string>{"scene.ply"}) << line;
  }
}

TEST_F(JobsTest, damagedFilesFailCleanly) {
  makeScene("0.01");
  ASSERT_EQ(run("encode scene.ply -o a.vpc --codec null -q").exitCode, 0);
  const Outcome outcome = runShell(
      "head -c 1000 a.vpc > cut.vpc; cp a.vpc keep.ply; exec $V decode cut.vpc -o keep.ply",
      folder);
  EXPECT_EQ(outcome.exitCode, 1);
  EXPECT_NE(outcome.errors.find("cut.vpc"), std::string::npos) << outcome.errors;
  EXPECT_EQ(readText(folder / "keep.ply"), readText(folder / "a.vpc")) << "the old file stays";
}

TEST_F(JobsTest, interruptCancelsAndLeavesNothingButWhatIsFinished) {
  makeScene("1");
  for (const char* line :
       {"encode scene.ply -o a.vpc --codec lightgaussian -q", "compare scene.ply -o report -q"}) {
    const Outcome outcome = run(line, 900);
    EXPECT_EQ(outcome.exitCode, 130) << line << "\n" << outcome.errors;
    // Well under a second on an idle machine; the whole job takes many times this bound.
    EXPECT_LT(outcome.seconds, 10) << line;
    std::vector<std::string> names = namesIn(folder);
    std::erase(names, "report.unfinished");
    EXPECT_EQ(names, std::vector<std::string>{"scene.ply"}) << line;
  }
}

TEST_F(JobsTest, aComparisonThatWasKilledGoesOn) {
  makeScene("0.2");
  const std::string line = "compare scene.ply --codecs null,lightgaussian -o report --pictures 1" +
                           smallViews(folder, 2);
  const Outcome killed =
      runShell("$V " + line +
                   " & p=$!; for i in $(seq 1500); do ls report.unfinished/*.result.json && break; "
                   "sleep 0.02; done; kill -9 $p",
               folder);
  ASSERT_FALSE(std::filesystem::exists(folder / "report")) << killed.errors;
  const auto writtenAt = [&] {
    for (const auto& file : std::filesystem::directory_iterator(folder / "report.unfinished")) {
      if (file.path().filename().string().starts_with("null")) {
        return file.last_write_time();
      }
    }
    return std::filesystem::file_time_type{};
  };
  const auto before = writtenAt();
  // Only one at a time.
  const Outcome second = runShell("exec flock report.unfinished/lock $V " + line, folder);
  EXPECT_EQ(second.exitCode, 1);
  EXPECT_NE(second.errors.find("report.unfinished: another comparison is at work there"),
            std::string::npos)
      << second.errors;
  const Outcome outcome = run(line);
  ASSERT_EQ(outcome.exitCode, 0) << outcome.errors;
  EXPECT_NE(outcome.errors.find("Going on: "), std::string::npos) << outcome.errors;
  const json results = json::parse(readText(folder / "report" / "results.json"));
  for (const json& row : results["results"]) {
    EXPECT_EQ(row["state"], "done") << row;
  }
  // The first is the same file as before, not one made again.
  const std::string first = results["results"][0]["file"];
  EXPECT_EQ(std::filesystem::last_write_time(folder / "report" / first), before);
  EXPECT_FALSE(std::filesystem::exists(folder / "report.unfinished"));

  // A folder of somebody else's is left alone.
  std::filesystem::create_directory(folder / "report.unfinished");
  std::ofstream(folder / "report.unfinished/note") << "mine\n";
  EXPECT_EQ(run(line).exitCode, 1);
  EXPECT_EQ(readText(folder / "report.unfinished/note"), "mine\n");
}

TEST_F(JobsTest, workerSpeaksJsonLines) {
  makeScene("0.01");
  const Outcome outcome = runShell(
      R"(echo '{"input":"scene.ply","output":"a.spz","codec":"spz","views":"orbit:2"}' | $V worker)",
      folder);
  ASSERT_EQ(outcome.exitCode, 0) << outcome.errors << outcome.output;
  std::istringstream lines(outcome.output);
  json last;
  std::set<std::string> types;
  for (std::string line; std::getline(lines, line);) {
    last = json::parse(line);
    types.insert(last["type"]);
  }
  EXPECT_EQ(last["type"], "result");
  EXPECT_EQ(last["evaluation"]["views"].size(), 2U);
  EXPECT_EQ(last["evaluation"]["fileBytes"], std::filesystem::file_size(folder / "a.spz"));
  EXPECT_GT(last["evaluation"]["peakMemoryBytes"], 1000000);
  EXPECT_TRUE(types.count("progress"));

  const Outcome bad = runShell("echo '{}' | $V worker", folder);
  EXPECT_EQ(bad.exitCode, 1);
  EXPECT_EQ(json::parse(bad.output)["type"], "error");
}

TEST_F(JobsTest, workerEndsWhenNobodyReadsIt) {
  makeScene("1");
  // `head` takes one line and goes; the shell waits for the worker, whose code it writes down.
  const Outcome outcome = runShell(
      R"((echo '{"input":"scene.ply","output":"a.vpc","codec":"lightgaussian"}' | $V worker;)"
      " echo $? > code) | head -n 1",
      folder);
  EXPECT_LT(outcome.seconds, 5);
  EXPECT_NE(readText(folder / "code"), "0\n");
  EXPECT_EQ(namesIn(folder), (std::vector<std::string>{"code", "scene.ply"}));
}

TEST_F(JobsTest, renderWritesThePictureAskedFor) {
  makeScene("0.05");
  ASSERT_EQ(run("render scene.ply -o a.png --size 320x200 --camera home").exitCode, 0);
  const auto home = engine::readPng(folder / "a.png");
  ASSERT_TRUE(home) << home.error().message;
  EXPECT_EQ(home->width, 320U);
  EXPECT_EQ(home->height, 200U);
  double sum = 0;
  for (const float value : home->pixels) {
    sum += static_cast<double>(value);
  }
  EXPECT_GT(sum / static_cast<double>(home->pixels.size()), 0.02) << "something is drawn";
  ASSERT_EQ(run("render scene.ply -o b.png --camera 1 --views orbit:3").exitCode, 0);
  ASSERT_EQ(run("render scene.ply -o c.png --camera 0,-1,4:0,0,0:40 --size 64x64").exitCode, 0);
  EXPECT_EQ(run("render scene.ply -o d.png --camera 7 --views orbit:3").exitCode, 2);
}

TEST_F(JobsTest, compareOfSeveralScenesPoolsThemAndGoesOn) {
  makeScene("0.012");
  ASSERT_EQ(run("sample other.ply --scale 0.012 --seed 5 -q").exitCode, 0);
  const std::string line =
      "compare scene.ply other.ply --codecs null,spz,splat -o many --json" + smallViews(folder, 2);
  const Outcome first = run(line);
  ASSERT_EQ(first.exitCode, 0) << first.errors;
  const json pooled = json::parse(first.output);
  ASSERT_EQ(pooled["scenes"].size(), 2U);
  ASSERT_EQ(pooled["results"].size(), 3U);
  std::uint64_t bytes = 0;
  for (const auto& scene : pooled["scenes"]) {
    const std::filesystem::path page = folder / "many" / scene["page"].get<std::string>();
    EXPECT_TRUE(std::filesystem::exists(page)) << page;
    const auto own = json::parse(testing::readText(page.parent_path() / "results.json"));
    bytes += own["results"][1]["evaluation"]["fileBytes"].get<std::uint64_t>();
  }
  EXPECT_EQ(pooled["results"][1]["evaluation"]["fileBytes"], bytes);
  // What lies there is kept: only the scene that is missing is measured again.
  const auto written = std::filesystem::last_write_time(folder / "many/01-scene/results.json");
  std::filesystem::remove_all(folder / "many/02-other");
  const Outcome again = run(line);
  ASSERT_EQ(again.exitCode, 0) << again.errors;
  EXPECT_EQ(std::filesystem::last_write_time(folder / "many/01-scene/results.json"), written);
  EXPECT_TRUE(std::filesystem::exists(folder / "many/02-other/index.html"));
  EXPECT_EQ(json::parse(again.output)["results"][1]["evaluation"]["fileBytes"], bytes);
}

TEST_F(JobsTest, compareWritesAWholeReport) {
  makeScene("0.03");
  const std::string line =
      "compare scene.ply --codecs null,spz,compressed-ply,splat,lightgaussian -o report "
      "--pictures 2" +
      smallViews(folder, 6);
  const Outcome outcome = run(line);
  ASSERT_EQ(outcome.exitCode, 0) << outcome.errors;
  const json results = json::parse(readText(folder / "report" / "results.json"));
  ASSERT_EQ(results["results"].size(), 5U);
  EXPECT_EQ(results["viewCount"], 6);
  for (const json& row : results["results"]) {
    EXPECT_EQ(row["state"], "done") << row;
    const std::string file = row["file"];
    EXPECT_EQ(std::filesystem::file_size(folder / "report" / file),
              row["evaluation"]["fileBytes"].get<std::uint64_t>());
    EXPECT_EQ(row["pictures"].size(), 2U);
  }
  const std::string page = readText(folder / "report" / "index.html");
  EXPECT_EQ(page.find("http"), std::string::npos) << "nothing from elsewhere";
  std::size_t rows = 0;
  for (std::size_t at = page.find("<tr data-row="); at != std::string::npos;
       at = page.find("<tr data-row=", at + 1)) {
    ++rows;
  }
  EXPECT_EQ(rows, 5U);
  // Every picture that the page can show is there.
  const std::regex picture("images/[^\"]+\\.png");
  std::set<std::string> named;
  for (std::sregex_iterator at(page.begin(), page.end(), picture), end; at != end; ++at) {
    named.insert(at->str());
  }
  EXPECT_EQ(named.size(), 2U + 5U * 2U * 2U);
  for (const std::string& name : named) {
    EXPECT_TRUE(std::filesystem::exists(folder / "report" / name)) << name;
  }
  // An earlier report is replaced; other folders never are.
  EXPECT_EQ(run("compare scene.ply --codecs null -o report/ --views views.json -q").exitCode, 0);
  EXPECT_EQ(json::parse(readText(folder / "report" / "results.json"))["results"].size(), 1U);
  std::filesystem::create_directories(folder / "precious" / "things");
  EXPECT_EQ(run("compare scene.ply --codecs null -o precious").exitCode, 1);
  EXPECT_EQ(run("compare scene.ply --codecs null -o .").exitCode, 2);
  EXPECT_EQ(namesIn(folder),
            (std::vector<std::string>{"precious", "report", "scene.ply", "views.json"}));
  EXPECT_EQ(namesIn(folder / "precious"), std::vector<std::string>{"things"});
}

}  // namespace
}  // namespace volpress
