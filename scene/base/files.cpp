#include "scene/base/files.hpp"

#include <atomic>
#include <cerrno>
#include <cstring>
#include <limits>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace volpress {
namespace {

std::string reason(int code) { return std::generic_category().message(code); }

/// "<target>.part-<pid>-<n>": beside the target, so that the rename stays on one file system.
std::filesystem::path temporarySibling(const std::filesystem::path& target) {
  static std::atomic<unsigned> counter{0};
  std::filesystem::path temporary = target;
  temporary += fmt::format(".part-{}-{}", ::getpid(), counter.fetch_add(1));
  return temporary;
}

}  // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) {
    return fail(ErrorCode::IoFailure, "{}: cannot open: {}", path.string(), reason(errno));
  }
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode)) {
    ::close(descriptor);
    return fail(ErrorCode::IoFailure, "{}: is not a regular file", path.string());
  }
  MappedFile file;
  if (status.st_size > 0) {
    const auto size = static_cast<std::size_t>(status.st_size);
    void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    const int code = errno;
    if (address == MAP_FAILED) {
      ::close(descriptor);
      return fail(ErrorCode::IoFailure, "{}: cannot map {} bytes: {}", path.string(), size,
                  reason(code));
    }
    file.m_bytes = ByteView(static_cast<const std::byte*>(address), size);
  }
  ::close(descriptor);
  return file;
}

MappedFile::MappedFile(MappedFile&& other) noexcept
    : m_bytes(std::exchange(other.m_bytes, ByteView())) {}

MappedFile& MappedFile::operator=(MappedFile&& other) noexcept {
  std::swap(m_bytes, other.m_bytes);
  return *this;
}

MappedFile::~MappedFile() {
  if (!m_bytes.empty()) {
    ::munmap(const_cast<std::byte*>(m_bytes.data()), m_bytes.size());
  }
}

void MappedFile::release(ByteView part) const noexcept {
  const auto page = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  const auto begin = reinterpret_cast<std::uintptr_t>(part.data());
  const std::uintptr_t first = (begin + page - 1) / page * page;
  const std::uintptr_t last = (begin + part.size()) / page * page;
  if (first < last) {
    const std::size_t offset = static_cast<std::size_t>(first - begin);
    ::madvise(const_cast<std::byte*>(part.data() + offset), static_cast<std::size_t>(last - first),
              MADV_DONTNEED);
  }
}

Result<AtomicFile> AtomicFile::create(const std::filesystem::path& target) {
  const std::filesystem::path temporary = temporarySibling(target);
  const int descriptor = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (descriptor < 0) {
    return fail(ErrorCode::IoFailure, "{}: cannot create: {}", target.string(), reason(errno));
  }
  return AtomicFile(target, temporary, descriptor);
}

AtomicFile::AtomicFile(std::filesystem::path target, std::filesystem::path temporary,
                       int descriptor)
    : m_target(std::move(target)), m_temporary(std::move(temporary)), m_descriptor(descriptor) {}

AtomicFile::AtomicFile(AtomicFile&& other) noexcept
    : m_target(std::move(other.m_target)),
      m_temporary(std::move(other.m_temporary)),
      m_descriptor(std::exchange(other.m_descriptor, -1)) {}

AtomicFile::~AtomicFile() {
  if (m_descriptor >= 0) {
    ::close(m_descriptor);
    ::unlink(m_temporary.c_str());
  }
}

Result<void> AtomicFile::write(ByteView bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(m_descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) {
      continue;
    }
    if (written < 0) {
      return fail(ErrorCode::IoFailure, "{}: cannot write: {}", m_target.string(), reason(errno));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> AtomicFile::commit() {
  const bool flushed = ::fsync(m_descriptor) == 0 || errno == EINVAL || errno == EROFS;
  const int flushCode = errno;
  ::close(std::exchange(m_descriptor, -1));
  if (!flushed) {
    ::unlink(m_temporary.c_str());
    return fail(ErrorCode::IoFailure, "{}: cannot flush: {}", m_target.string(), reason(flushCode));
  }
  if (::rename(m_temporary.c_str(), m_target.c_str()) != 0) {
    const int code = errno;
    ::unlink(m_temporary.c_str());
    return fail(ErrorCode::IoFailure, "{}: cannot rename into place: {}", m_target.string(),
                reason(code));
  }
  return {};
}

Result<void> writeFileAtomically(const std::filesystem::path& target, ByteView bytes) {
  VOLPRESS_TRY(AtomicFile file, AtomicFile::create(target));
  VOLPRESS_CHECK(file.write(bytes));
  return file.commit();
}

Result<void> writeFolderAtomically(
    const std::filesystem::path& target,
    const std::function<Result<void>(const std::filesystem::path& folder)>& fill) {
  const std::filesystem::path temporary = temporarySibling(target);
  std::error_code code;
  if (!std::filesystem::create_directories(temporary, code)) {
    return fail(ErrorCode::IoFailure, "{}: cannot create folder: {}", target.string(),
                code.message());
  }
  if (auto filled = fill(temporary); !filled) {
    std::filesystem::remove_all(temporary, code);
    return filled;
  }
  // The old folder steps aside first, since a rename does not replace a folder that has entries.
  const std::filesystem::path old = temporarySibling(target);
  const bool replaces = std::filesystem::exists(target, code);
  if (replaces) {
    std::filesystem::rename(target, old, code);
  }
  if (!code) {
    std::filesystem::rename(temporary, target, code);
    if (code && replaces) {
      std::error_code ignored;
      std::filesystem::rename(old, target, ignored);
    }
  }
  if (code) {
    std::error_code ignored;
    std::filesystem::remove_all(temporary, ignored);
    return fail(ErrorCode::IoFailure, "{}: cannot rename folder into place: {}", target.string(),
                code.message());
  }
  if (replaces) {
    std::filesystem::remove_all(old, code);
  }
  return {};
}

}  // namespace volpress
