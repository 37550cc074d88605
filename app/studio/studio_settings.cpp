#include "app/studio/studio_settings.hpp"

#include <algorithm>

#include <QSettings>
#include <QStandardPaths>

namespace volpress::studio {
namespace {

constexpr int kMaxThreads = 1024;

}  // namespace

StudioSettings loadSettings() {
  const QSettings stored;
  StudioSettings settings;
  settings.lightTheme = stored.value("window/light", false).toBool();
  const QString renderer = stored.value("viewport/renderer").toString();
  settings.renderer = renderer == "software" ? RendererSetting::Software
                      : renderer == "vulkan" ? RendererSetting::Vulkan
                                             : RendererSetting::Automatic;
  settings.device = stored.value("viewport/device").toString();
  settings.threads = std::clamp(stored.value("jobs/threads", 0).toInt(), 0, kMaxThreads);
  settings.cacheFolder = stored.value("cache/folder").toString();
  bool valid = false;
  const qulonglong limit = stored.value("cache/limit").toULongLong(&valid);
  settings.cacheLimit = valid && limit > 0 ? limit : StudioSettings::kDefaultCacheLimit;
  return settings;
}

void saveSettings(const StudioSettings& settings) {
  QSettings stored;
  stored.setValue("window/light", settings.lightTheme);
  stored.setValue("viewport/renderer", settings.renderer == RendererSetting::Software ? "software"
                                       : settings.renderer == RendererSetting::Vulkan
                                           ? "vulkan"
                                           : "automatic");
  stored.setValue("viewport/device", settings.device);
  stored.setValue("jobs/threads", settings.threads);
  stored.setValue("cache/folder", settings.cacheFolder);
  stored.setValue("cache/limit", QVariant::fromValue<qulonglong>(settings.cacheLimit));
}

std::filesystem::path cacheFolderOf(const StudioSettings& settings) {
  if (!settings.cacheFolder.isEmpty()) {
    return settings.cacheFolder.toStdString();
  }
  return std::filesystem::path(
             QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation).toStdString()) /
         "volpress";
}

}  // namespace volpress::studio
