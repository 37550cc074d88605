#include "app/engine/scratch_folder.hpp"

#include <cerrno>
#include <string>
#include <system_error>
#include <utility>

#include <stdlib.h>

#include "app/engine/child_pipes.hpp"

namespace volpress::engine {

namespace fs = std::filesystem;

Result<ScratchFolder> ScratchFolder::make(std::string_view purpose) {
  std::error_code problem;
  const fs::path place = fs::temp_directory_path(problem);
  std::string pattern =
      ((problem ? fs::path("/tmp") : place) / fmt::format("volpress-{}-XXXXXX", purpose)).string();
  if (::mkdtemp(pattern.data()) == nullptr) {
    return fail(ErrorCode::IoFailure, "{}: no folder can be made: {}", pattern,
                systemReason(errno));
  }
  return ScratchFolder(pattern);
}

ScratchFolder::ScratchFolder(ScratchFolder&& other) noexcept
    : m_path(std::exchange(other.m_path, {})) {}

ScratchFolder::~ScratchFolder() {
  if (std::error_code ignored; !m_path.empty()) {
    fs::remove_all(m_path, ignored);
  }
}

}  // namespace volpress::engine
