// What a person sees: help, exit codes, messages.
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/cli/console.hpp"
#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

using testing::Outcome;
using testing::runShell;

class UsageTest : public ::testing::Test {
protected:
  Outcome run(const std::string& arguments) const {
    return runShell("exec $V " + arguments, folder);
  }

  void SetUp() override {
    ASSERT_EQ(runShell("exec $V sample small.ply --scale 0.01 -q", folder).exitCode, 0);
  }

  std::filesystem::path folder = testing::scratchFolder("usage");
};

TEST_F(UsageTest, helpExplainsEveryCommandWithAnExample) {
  const Outcome all = run("--help");
  EXPECT_EQ(all.exitCode, 0);
  for (const char* command : {"info", "convert", "encode", "decode", "evaluate", "compare",
                              "render", "codecs", "sample", "worker"}) {
    EXPECT_NE(all.output.find(command), std::string::npos) << command;
    const Outcome one = run(std::string(command) + " --help");
    EXPECT_EQ(one.exitCode, 0) << command;
    EXPECT_NE(one.output.find("Example"), std::string::npos) << command;
    EXPECT_NE(one.output.find("--json"), std::string::npos) << command;
  }
  const Outcome version = run("--version");
  EXPECT_EQ(version.exitCode, 0);
  EXPECT_EQ(version.output.rfind("volpress ", 0), 0U);
}

TEST_F(UsageTest, wrongUsageIsExitCode2WithAMessage) {
  for (const char* line :
       {"", "frobnicate", "info", "info small.ply --nonsense", "encode small.ply -o a.vpc",
        "encode small.ply -o a.vpc --codec nonsense", "convert small.ply a.unknown",
        "convert small.ply a.vpc", "encode small.ply -o a.vpc --codec null --preset nonsense",
        "encode small.ply -o a.vpc --codec null --set nonsense=1",
        "encode small.ply -o a.vpc --codec null --set nonsense",
        "render small.ply -o a.png --camera 1,2", "render small.ply -o a.png --size 0x9",
        "render small.ply -o a.png --size 99999999999999999999x9",
        "render small.ply -o a.png --device teapot", "compare small.ply --codecs null,x -o r",
        "evaluate small.ply small.ply --views orbit:nonsense", "codecs nonsense",
        "sample a.ply --scale 0"}) {
    const Outcome outcome = run(line);
    EXPECT_EQ(outcome.exitCode, 2) << line << "\n" << outcome.errors;
    EXPECT_EQ(outcome.errors.rfind("volpress: ", 0), 0U) << line << "\n" << outcome.errors;
    EXPECT_EQ(outcome.output, "") << line;
  }
  EXPECT_EQ(testing::namesIn(folder), std::vector<std::string>{"small.ply"});
}

TEST_F(UsageTest, failuresAreExitCode1AndNameTheFile) {
  std::filesystem::create_directory(folder / "sub");
  const std::pair<const char*, const char*> cases[] = {
      {"info missing.ply", "missing.ply"},
      {"info sub", "sub"},
      {"convert small.ply none/a.spz", "none does not exist"},
      {"convert small.ply sub", "sub"},
      {"convert small.ply /proc/a.spz", "/proc/a.spz"},
      {"convert small.ply small.ply/a.spz", "not a folder"},
      {"encode small.ply -o none/a.vpc --codec null", "none does not exist"},
      {"evaluate small.ply missing.vpc", "missing.vpc"},
      {"render small.ply -o none/a.png", "none does not exist"},
      {"compare small.ply --codecs null -o none/sub", "none does not exist"},
  };
  for (const auto& [line, part] : cases) {
    const Outcome outcome = run(line);
    EXPECT_NE(outcome.exitCode, 0) << line;
    EXPECT_EQ(outcome.errors.rfind("volpress: ", 0), 0U) << line << "\n" << outcome.errors;
    EXPECT_NE(outcome.errors.find(part), std::string::npos) << line << "\n" << outcome.errors;
  }
  EXPECT_EQ(run("info missing.ply").exitCode, 1);
  EXPECT_EQ(testing::namesIn(folder), (std::vector<std::string>{"small.ply", "sub"}));
}

TEST_F(UsageTest, jsonIsAllThereIsOnStandardOutput) {
  const std::pair<const char*, const char*> cases[] = {
      {"info small.ply --json", "splats"},
      {"codecs --json", ""},
      {"codecs null --json", "params"},
      {"convert small.ply b.spz --json", "outputBytes"},
      {"encode small.ply -o b.vpc --codec null --json", "evaluation"},
      {"decode b.vpc -o c.ply --json", "splats"},
      {"evaluate small.ply c.ply --views orbit:2 --json", "evaluation"},
      {"render small.ply -o c.png --size 64x48 --json", "seconds"},
      {"sample d.ply --scale 0.01 --json", "splats"},
      {"info missing.ply --json", "error"},
      {"info --json", "error"},
  };
  for (const auto& [line, key] : cases) {
    const Outcome outcome = run(line);
    const auto json = nlohmann::json::parse(outcome.output, nullptr, false);
    ASSERT_FALSE(json.is_discarded()) << line << "\n" << outcome.output << outcome.errors;
    EXPECT_TRUE(*key == '\0' || json.contains(key)) << line << "\n" << outcome.output;
  }
}

TEST_F(UsageTest, noProgressBarWithoutATerminal) {
  const Outcome outcome = run("encode small.ply -o b.vpc --codec null --quiet");
  EXPECT_EQ(outcome.exitCode, 0);
  EXPECT_EQ(outcome.errors, "");
}

TEST_F(UsageTest, fullStandardOutputIsAFailure) {
  if (!std::filesystem::exists("/dev/full")) {
    GTEST_SKIP() << "no /dev/full here";
  }
  const Outcome outcome = runShell("$V info small.ply > /dev/full", folder);
  EXPECT_EQ(outcome.exitCode, 1);
  EXPECT_NE(outcome.errors.find("No space left"), std::string::npos) << outcome.errors;
}

TEST(ProgressText, fitsTheLine) {
  const Progress::Snapshot half{0.5, "scoring views", "31/48 views"};
  EXPECT_EQ(cli::progressText(half, "12 s left", 120),
            "[############------------]  50%  scoring views  31/48 views  12 s left");
  EXPECT_EQ(cli::progressText(half, "12 s left", 20).size(), 19U);
  EXPECT_EQ(cli::progressText(half, "", 0), "");
}

}  // namespace
}  // namespace volpress
