// A folder held by one program at a time.
#pragma once

#include <filesystem>
#include <optional>

namespace volpress::engine {

/// An advisory lock on a file in a folder, which the system drops when the program ends,
/// however it ends.
class FolderLock {
public:
  static constexpr const char* kFile = "lock";

  /// Nothing when some program holds it or when the file cannot be made.
  [[nodiscard]] static std::optional<FolderLock> take(const std::filesystem::path& folder);

  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();  ///< gives it up; the file stays

private:
  explicit FolderLock(int file) noexcept : m_file(file) {}
  int m_file = -1;
};

}  // namespace volpress::engine
