// volpress submit: a clip encoded in the tasks of a Slurm job array.
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using testing::Outcome;
using testing::readText;

/// Stands in for sbatch where there is no Slurm: runs a script at once, one task after the other.
/// A task named in `killed` is killed by signal 9 before it has written anything; a join whose
/// tasks failed is cancelled, as --kill-on-invalid-dep does.
constexpr const char* kStandIn = R"(#!/bin/bash
for word in "$@"; do
  case "$word" in
    --array=*) tasks=${word#--array=} ;;
    --dependency=afterok:*) after=${word#--dependency=afterok:} ;;
    --chdir=*) cd "${word#--chdir=}" ;;
    -*) ;;
    *) script=$word ;;
  esac
done
echo "$*" >> "$SBATCH_LOG"
id=$(wc -l < "$SBATCH_LOG")
if [ -n "$after" ] && [ -e "$SBATCH_LOG.failed.$after" ]; then
  echo "job $id: dependency never satisfied" >&2
  exit 1
fi
for task in ${tasks//,/ }; do
  if [ "$task" = "$SBATCH_KILLED" ]; then
    touch "$SBATCH_LOG.failed.$id"
  else
    SLURM_ARRAY_TASK_ID=$task bash "$script" > "part-$task.log" 2>&1 ||
      touch "$SBATCH_LOG.failed.$id"
  fi
done
if [ -z "$tasks" ]; then bash "$script" > join.log 2>&1 || exit 1; fi
echo "$id"
)";

class Submit : public ::testing::Test {
protected:
  void SetUp() override {
    fs::create_directories(m_folder / "bin");
    std::ofstream(m_folder / "bin/sbatch") << kStandIn;
    fs::permissions(m_folder / "bin/sbatch", fs::perms::owner_all);
    ASSERT_EQ(run("sample clip -o 'the frames' --frames 12 --splats 300 -q").exitCode, 0);
    const Outcome whole = run("encode 'the frames' -o whole.dgsv -q " + kSettings);
    ASSERT_EQ(whole.exitCode, 0) << whole.errors;
  }
  /// With the stand-in found before any other sbatch.
  [[nodiscard]] Outcome run(const std::string& arguments,
                            const std::string& environment = {}) const {
    return testing::runShell("export PATH=\"$PWD/bin:$PATH\" SBATCH_LOG=\"$PWD/sbatch.log\" " +
                                 environment + "; $V " + arguments,
                             m_folder);
  }
  void expectSameBytes(const fs::path& clip) const {
    EXPECT_TRUE(readText(m_folder / "whole.dgsv") == readText(clip)) << clip;
  }
  const std::string kSettings = "--codec dualgs --set segment_frames=3";
  fs::path m_folder = testing::scratchFolder("submit");
};

TEST_F(Submit, anyNumberOfTasksGivesTheBytesOfOneRun) {
  for (const char* tasks : {"1", "2", "4", "9"}) {
    const std::string output = std::string("clip") + tasks + ".dgsv";
    const Outcome done = run("submit 'the frames' -o " + output + " --slurm --wait --tasks " +
                             tasks + " " + kSettings);
    ASSERT_EQ(done.exitCode, 0) << done.errors;
    expectSameBytes(m_folder / output);
    EXPECT_EQ(testing::namesIn(m_folder / (output + ".parts")).back(), "submission.json")
        << "parts are left behind";
  }
}

TEST_F(Submit, aKilledTaskIsSubmittedAgainAlone) {
  const std::string line = "submit 'the frames' -o clip.dgsv --slurm --wait --tasks 4 " + kSettings;
  const Outcome killed = run(line, "SBATCH_KILLED=2");
  EXPECT_EQ(killed.exitCode, 1);
  EXPECT_NE(killed.errors.find("clip.dgsv.parts"), std::string::npos) << killed.errors;
  EXPECT_FALSE(fs::exists(m_folder / "clip.dgsv"));
  const std::size_t before = readText(m_folder / "sbatch.log").size();
  const Outcome again = run(line);
  ASSERT_EQ(again.exitCode, 0) << again.errors;
  EXPECT_NE(readText(m_folder / "sbatch.log").find("--array=2 ", before), std::string::npos);
  expectSameBytes(m_folder / "clip.dgsv");
}

TEST_F(Submit, partsOfOtherSettingsAreNotMixed) {
  ASSERT_EQ(run("submit 'the frames' -o clip.dgsv --slurm --dry-run " + kSettings).exitCode, 0);
  EXPECT_FALSE(fs::exists(m_folder / "sbatch.log")) << "a dry run submits nothing";
  const Outcome other =
      run("submit 'the frames' -o clip.dgsv --slurm --codec dualgs --set segment_frames=6");
  EXPECT_EQ(other.exitCode, 2);
  EXPECT_NE(other.errors.find("other settings"), std::string::npos) << other.errors;
}

TEST_F(Submit, aMissingSlurmIsSaid) {
  const Outcome missing = testing::runShell(
      "export PATH=/nowhere; $V submit 'the frames' -o clip.dgsv --slurm " + kSettings, m_folder);
  EXPECT_EQ(missing.exitCode, 1);
  EXPECT_NE(missing.errors.find("sbatch"), std::string::npos) << missing.errors;
}

TEST_F(Submit, aRealSlurmGivesTheSameBytesAndSurvivesAKill) {
  if (std::system("sinfo --noheader --states=idle,alloc,mix 2>/dev/null | grep -q .") != 0) {
    GTEST_SKIP() << "no Slurm answers here (Debian: slurm-wlm, on one machine)";
  }
  fs::remove(m_folder / "bin/sbatch");
  const std::string line = "submit 'the frames' -o clip.dgsv --slurm --wait --tasks 4 " + kSettings;
  // One task is cancelled by signal 9 as soon as it runs.
  const Outcome killed = testing::runShell(
      "$V " + line +
          " & until id=$(squeue --noheader --array --format=%A_%a --name=volpress-encode | "
          "grep _1$); do kill -0 $! || exit 0; sleep 0.02; done; "
          "scancel --signal=KILL $(squeue --noheader --format=%A --name=volpress-encode | head "
          "-1)_1; "
          "wait $!",
      m_folder);
  if (killed.exitCode != 0) {  // the kill came in time
    EXPECT_FALSE(fs::exists(m_folder / "clip.dgsv"));
    const Outcome again = run(line);
    ASSERT_EQ(again.exitCode, 0) << again.errors;
  }
  expectSameBytes(m_folder / "clip.dgsv");
}

}  // namespace
}  // namespace volpress
