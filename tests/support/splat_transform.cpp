#include "tests/support/splat_transform.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace volpress::testing {
namespace {

std::string program() {
  const char* value = std::getenv("VOLPRESS_SPLAT_TRANSFORM");
  return value == nullptr ? std::string() : std::string(value);
}

/// A path as one word of a shell command.
std::string shellWord(const std::filesystem::path& path) {
  std::string text = "'";
  for (const char c : path.string()) {
    text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return text + "'";
}

}  // namespace

bool hasSplatTransform() {
  std::error_code ignored;
  return !program().empty() && std::filesystem::exists(program(), ignored);
}

Result<void> runSplatTransform(const std::filesystem::path& input,
                               const std::filesystem::path& output, std::string_view options,
                               std::string_view inputOptions) {
  const std::string command =
      fmt::format("{} -q -w {} {} {} {} 2>&1", shellWord(program()), options, shellWord(input),
                  inputOptions, shellWord(output));
  std::FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) {
    return fail(ErrorCode::IoFailure, "cannot start {}", command);
  }
  std::string said;
  std::array<char, 4096> part{};
  for (std::size_t size; (size = std::fread(part.data(), 1, part.size(), pipe)) != 0;) {
    said.append(part.data(), size);
  }
  const int status = ::pclose(pipe);
  if (status != 0 || !std::filesystem::exists(output)) {
    return fail(ErrorCode::IoFailure, "{} ended with {}: {}", command, status, said);
  }
  return {};
}

}  // namespace volpress::testing
