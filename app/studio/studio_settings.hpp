// What the settings dialog keeps, in one place.
#pragma once

#include <cstdint>
#include <filesystem>

#include <QString>

namespace volpress::studio {

enum class RendererSetting : std::uint8_t { Automatic, Software, Vulkan };

/// Kept in QSettings; values out of range fall back to the defaults.
struct StudioSettings {
  bool lightTheme = false;
  RendererSetting renderer = RendererSetting::Automatic;
  QString device;                ///< of Vulkan; empty: the best one. From the next start on
  int threads = 0;               ///< of one job; 0: all of the machine's
  QString cacheFolder;           ///< empty: the desktop's; from the next start on
  std::uint64_t cacheLimit = 0;  ///< bytes

  static constexpr std::uint64_t kDefaultCacheLimit = 20'000'000'000;
};

[[nodiscard]] StudioSettings loadSettings();
void saveSettings(const StudioSettings& settings);

/// The folder for results and samples with these settings.
[[nodiscard]] std::filesystem::path cacheFolderOf(const StudioSettings& settings);

}  // namespace volpress::studio
