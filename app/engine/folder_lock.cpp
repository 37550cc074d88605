#include "app/engine/folder_lock.hpp"

#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace volpress::engine {

std::optional<FolderLock> FolderLock::take(const std::filesystem::path& folder) {
  const int file = ::open((folder / kFile).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    return std::nullopt;
  }
  FolderLock lock(file);
  if (::flock(file, LOCK_EX | LOCK_NB) != 0) {
    return std::nullopt;
  }
  return lock;
}

FolderLock::FolderLock(FolderLock&& other) noexcept : m_file(std::exchange(other.m_file, -1)) {}

FolderLock& FolderLock::operator=(FolderLock&& other) noexcept {
  std::swap(m_file, other.m_file);
  return *this;
}

FolderLock::~FolderLock() {
  if (m_file >= 0) {
    ::close(m_file);
  }
}

}  // namespace volpress::engine
