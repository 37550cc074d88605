// A fine-tune that is killed and started again.
#pragma once

#include <csignal>
#include <filesystem>
#include <functional>
#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/cli/run_program.hpp"

namespace volpress::testing {

/// `encode` gives the arguments that write a file. Runs them whole; then killed again and again,
/// each time a little later, once a state is on the disk; then to the end: the same bytes.
inline void expectKilledRunGoesOn(const std::filesystem::path& folder,
                                  const std::function<std::string(std::string output)>& encode) {
  const Outcome whole = runShell("$V " + encode("whole.vpc"), folder);
  ASSERT_EQ(whole.exitCode, 0) << whole.errors;
  const std::string resumed = encode("resumed.vpc") + " --scratch state --checkpoint-seconds 0";
  for (int i = 1; i <= 2; ++i) {
    const std::string killing = fmt::format(
        "$V {} & while [ -z \"$(ls state 2>/dev/null)\" ]; do kill -0 $! && sleep 0.01 || exit 1; "
        "done; "
        "sleep 0.{}; kill -KILL $!; wait $!",
        resumed, i);
    ASSERT_EQ(runShell(killing, folder).exitCode, 128 + SIGKILL) << "ended unkilled";
    ASSERT_FALSE(std::filesystem::exists(folder / "resumed.vpc"));
  }
  const Outcome last = runShell("$V " + resumed, folder);
  ASSERT_EQ(last.exitCode, 0) << last.errors;
  EXPECT_TRUE(readText(folder / "whole.vpc") == readText(folder / "resumed.vpc"));
}

}  // namespace volpress::testing
