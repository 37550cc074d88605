// Running the `volpress` program as a person's shell would.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace volpress::testing {

struct Outcome {
  int exitCode = -1;  ///< or 128 + the signal
  std::string output;
  std::string errors;
  double seconds = 0;
};

/// Runs the shell line with $V as the program, in `folder`; standard output and error go to files.
/// `interruptAfterMs` >= 0 sends SIGINT after that time.
[[nodiscard]] Outcome runShell(const std::string& line, const std::filesystem::path& folder,
                               int interruptAfterMs = -1);

/// Names of everything in a folder, sorted.
[[nodiscard]] std::vector<std::string> namesIn(const std::filesystem::path& folder);

/// Writes "views.json" into `folder`: cameras 4 units around the origin whose pictures of 128 x 96
/// take a tenth of the time that generated views take. Returns the option that names it.
std::string smallViews(const std::filesystem::path& folder, std::size_t count);

[[nodiscard]] std::string readText(const std::filesystem::path& path);

}  // namespace volpress::testing
