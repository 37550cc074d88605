// Memory-mapped reading and atomic writing of files.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress {

/// A file mapped read-only. Move-only; the view lives as long as the object.
class MappedFile {
public:
  /// Fails with IoFailure naming the path and the system's reason. An empty file maps to an empty
  /// view. Folders and devices are refused.
  [[nodiscard]] static Result<MappedFile> open(const std::filesystem::path& path);

  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&& other) noexcept;
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;
  ~MappedFile();

  [[nodiscard]] ByteView bytes() const noexcept { return m_bytes; }
  /// Gives back the memory of the pages that lie wholly inside `part` of `bytes()`; they can still
  /// be read. Thread-safe.
  void release(ByteView part) const noexcept;

private:
  MappedFile() = default;
  ByteView m_bytes;
};

/// A file that appears under its name only when it is whole: written beside the target under a
/// temporary name, flushed to disk, then renamed. Dropped without `commit`, it leaves nothing.
class AtomicFile {
public:
  [[nodiscard]] static Result<AtomicFile> create(const std::filesystem::path& target);

  AtomicFile(AtomicFile&& other) noexcept;
  AtomicFile& operator=(AtomicFile&&) = delete;
  ~AtomicFile();

  /// Appends; a full disk is IoFailure with the system's reason.
  [[nodiscard]] Result<void> write(ByteView bytes);
  /// Where the bytes written so far can be read back.
  [[nodiscard]] const std::filesystem::path& temporary() const noexcept { return m_temporary; }
  /// Flushes and renames over the target.
  [[nodiscard]] Result<void> commit();

private:
  AtomicFile(std::filesystem::path target, std::filesystem::path temporary, int descriptor);
  std::filesystem::path m_target;
  std::filesystem::path m_temporary;
  int m_descriptor = -1;
};

/// Writes a whole file through AtomicFile.
[[nodiscard]] Result<void> writeFileAtomically(const std::filesystem::path& target, ByteView bytes);

/// Makes the folder `target` appear whole: `fill` writes into a temporary sibling, which is then
/// renamed. An existing folder of that name is replaced only after `fill` succeeded.
[[nodiscard]] Result<void> writeFolderAtomically(
    const std::filesystem::path& target,
    const std::function<Result<void>(const std::filesystem::path& folder)>& fill);

}  // namespace volpress
