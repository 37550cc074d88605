// Device, threads, cache and theme.
#pragma once

#include <filesystem>
#include <set>

#include <QDialog>
#include <QStringList>

#include "app/engine/result_cache.hpp"
#include "app/studio/studio_settings.hpp"

class QCheckBox;
class QComboBox;
class QLabel;
class QLineEdit;
class QPushButton;
class QSpinBox;

namespace volpress::studio {

/// What the dialog has to know of the running studio.
struct SettingsFacts {
  QStringList devices;                   ///< Vulkan devices, by name
  QString unavailable;                   ///< why there are none; empty when there are
  std::filesystem::path cache;           ///< the folder in use now
  std::set<std::filesystem::path> kept;  ///< runs whose results are open: never cleaned up
};

/// Changes apply at once, and are kept; what needs a new start says so.
class SettingsDialog : public QDialog {
  Q_OBJECT
public:
  SettingsDialog(SettingsFacts facts, QWidget* parent);

signals:
  void changed();

private:
  void store();
  void measureCache();
  void showCache();
  void cleanUp();
  void chooseFolder();
  [[nodiscard]] std::uint64_t limit() const;

  SettingsFacts m_facts;
  StudioSettings m_settings;
  std::vector<engine::CachedRun> m_runs;
  QComboBox *m_theme, *m_renderer, *m_device;
  QSpinBox *m_threads, *m_limit;
  QLineEdit* m_folder;
  QLabel *m_used, *m_restart;
  QPushButton* m_clean;
};

}  // namespace volpress::studio
