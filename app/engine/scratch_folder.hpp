// A folder for what another process is given and gives back.
#pragma once

#include <filesystem>
#include <string_view>

#include "scene/base/result.hpp"

namespace volpress::engine {

/// A folder below the system's temporary one that only we can look into, gone with everything in
/// it. Move-only.
class ScratchFolder {
public:
  /// "volpress-<purpose>-<random>". IoFailure names the place.
  [[nodiscard]] static Result<ScratchFolder> make(std::string_view purpose);

  ScratchFolder(ScratchFolder&& other) noexcept;
  ScratchFolder& operator=(ScratchFolder&&) = delete;
  ~ScratchFolder();

  [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

private:
  explicit ScratchFolder(std::filesystem::path path) : m_path(std::move(path)) {}
  std::filesystem::path m_path;
};

}  // namespace volpress::engine
