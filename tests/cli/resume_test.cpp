// A fine-tune that is killed and started again ends in the bytes of one that went through.
#include <csignal>
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.hpp"
#include "tests/support/test_data.hpp"

namespace volpress {
namespace {

namespace fs = std::filesystem;
using testing::Outcome;

/// How one codec is made to fine-tune a small scene for a second or more.
struct Tuned {
  const char* codec;
  const char* settings;
};

void PrintTo(const Tuned& tuned, std::ostream* out) { *out << tuned.codec; }

class Resume : public ::testing::TestWithParam<Tuned> {
protected:
  [[nodiscard]] Outcome run(const std::string& arguments) const {
    return testing::runShell("$V " + arguments, m_folder);
  }
  [[nodiscard]] std::string encode(const std::string& output) const {
    return fmt::format("encode scene.ply --codec {} {} {} -q -o {}", GetParam().codec,
                       GetParam().settings, m_views, output);
  }
  fs::path m_folder = testing::scratchFolder("resume");
  std::string m_views = testing::smallViews(m_folder, 4);
};

TEST_P(Resume, aKilledFineTuneGoesOnToTheSameBytes) {
  ASSERT_EQ(run("sample scene.ply --scale 0.015 -q").exitCode, 0);
  const Outcome whole = run(encode("whole.vpc"));
  ASSERT_EQ(whole.exitCode, 0) << whole.errors;

  // Killed again and again, each time a little later, once a state is on the disk.
  const std::string resumed = encode("resumed.vpc") + " --scratch state --checkpoint-seconds 0";
  for (int i = 1; i <= 2; ++i) {
    const std::string killing = fmt::format(
        "$V {} & while [ -z \"$(ls state 2>/dev/null)\" ]; do kill -0 $! && sleep 0.01 || exit 1; "
        "done; "
        "sleep 0.{}; kill -KILL $!; wait $!",
        resumed, i);
    ASSERT_EQ(testing::runShell(killing, m_folder).exitCode, 128 + SIGKILL) << "ended unkilled";
    ASSERT_FALSE(fs::exists(m_folder / "resumed.vpc"));
  }
  const Outcome last = run(resumed);
  ASSERT_EQ(last.exitCode, 0) << last.errors;
  EXPECT_TRUE(testing::readText(m_folder / "whole.vpc") ==
              testing::readText(m_folder / "resumed.vpc"));
}

INSTANTIATE_TEST_SUITE_P(
    Codecs, Resume,
    ::testing::Values(Tuned{"lightgaussian", "--set recovery=full --set steps=50"},
                      Tuned{"mesongs", "--set steps=50"}, Tuned{"compact3d", "--set steps=50"},
                      Tuned{"compact3dgs",
                            "--set steps=60 --set mask_steps=60 --set field_steps=50"},
                      Tuned{"gaussianforest", "--set steps=50 --set fit_steps=50"},
                      Tuned{"compgs", "--set steps=40 --set fit_steps=40"},
                      Tuned{"sags", "--set steps=40 --set fit_steps=40"},
                      Tuned{"volpress", "--set tuning_steps=50"}),
    [](const auto& tuned) { return std::string(tuned.param.codec); });

}  // namespace
}  // namespace volpress
