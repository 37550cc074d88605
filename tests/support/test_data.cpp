#include "tests/support/test_data.hpp"

#include <cstdlib>
#include <string>
#include <vector>

#include <fmt/core.h>
#include <unistd.h>

namespace volpress::testing {
namespace {

namespace fs = std::filesystem;

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

/// Removes its folders when the program ends.
class Scratch {
public:
  Scratch() = default;
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  ~Scratch() {
    std::error_code ignored;
    for (const fs::path& folder : m_folders) {
      fs::remove_all(folder, ignored);
    }
  }
  fs::path add(std::string_view name) {
    fs::path folder = fs::temp_directory_path() /
                      fmt::format("volpress-test-{}-{}-{}", ::getpid(), m_folders.size(), name);
    fs::create_directories(folder);
    m_folders.push_back(folder);
    return folder;
  }

private:
  std::vector<fs::path> m_folders;
};

}  // namespace

fs::path sourceFile(std::string_view relative) {
  const std::string source = environment("VOLPRESS_SOURCE");
  return (source.empty() ? fs::current_path() : fs::path(source)) / relative;
}

std::optional<fs::path> realData(std::string_view relative) {
  fs::path root = environment("VOLPRESS_TEST_DATA");
  if (root.empty()) {
    root = sourceFile("../shared/data");
  }
  const fs::path path = root / relative;
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    return std::nullopt;
  }
  return fs::canonical(path);
}

fs::path scratchFolder(std::string_view name) {
  static Scratch scratch;
  return scratch.add(name);
}

fs::path programPath() {
  const std::string program = environment("VOLPRESS_PROGRAM");
  return program.empty() ? fs::path("volpress") : fs::path(program);
}

}  // namespace volpress::testing
