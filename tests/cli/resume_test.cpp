// A fine-tune that is killed and started again ends in the bytes of one that went through.
#include <filesystem>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/cli/killed_run.hpp"
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
  testing::expectKilledRunGoesOn(m_folder,
                                 [this](const std::string& output) { return encode(output); });
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
