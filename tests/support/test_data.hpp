// Where tests find real scenes, when the machine has them.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace volpress::testing {

/// The path of a real test file (given relative to the data folder), or nothing when the data is
/// not on this machine. The folder is $VOLPRESS_TEST_DATA, else "../shared/data" beside the source
/// tree. A test that gets nothing skips with a message.
[[nodiscard]] std::optional<std::filesystem::path> realData(std::string_view relative);

/// The path of a file of the source tree, given relative to it.
[[nodiscard]] std::filesystem::path sourceFile(std::string_view relative);

/// A fresh empty folder for this test, removed at exit.
[[nodiscard]] std::filesystem::path scratchFolder(std::string_view name);

/// The `volpress` program of this build.
[[nodiscard]] std::filesystem::path programPath();

}  // namespace volpress::testing
