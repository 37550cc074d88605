// Running a program that is not trusted to end, or to write little.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress::engine {

struct ProcessLimits {
  double seconds = 600;                           ///< of the clock
  std::uint64_t bytes = std::uint64_t{1} << 30U;  ///< that files in its folder may grow by
};

/// The program that a command's first word names: a path as it is, a plain word along PATH.
/// IoFailure where there is none that may be run.
[[nodiscard]] Result<std::filesystem::path> findProgram(const std::string& word);

/// Runs `arguments[0]`, found by `findProgram`, with `folder` as its working directory and place
/// for temporary files, without standard input, and waits for it. No shell is involved. It ends,
/// with every process that it started in its group, when it is through, when it is over a limit,
/// when `stop` asks for it, and when this process ends. IoFailure with the program's last words for
/// an exit code other than 0 or a limit; Cancelled.
[[nodiscard]] Result<void> runLimited(const std::vector<std::string>& arguments,
                                      const std::filesystem::path& folder,
                                      const ProcessLimits& limits, const std::stop_token& stop);

}  // namespace volpress::engine
