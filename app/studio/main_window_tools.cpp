// Palette, shortcuts and settings, and files that change under the window.
#include <QAbstractItemView>
#include <QAction>
#include <QDockWidget>
#include <QMenu>
#include <QMenuBar>
#include <QSettings>

#include "app/engine/result_cache.hpp"
#include "app/studio/command_list.hpp"
#include "app/studio/command_palette.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/empty_hint.hpp"
#include "app/studio/main_window.hpp"
#include "app/studio/mnemonics.hpp"
#include "app/studio/notice_bar.hpp"
#include "app/studio/scene_watch.hpp"
#include "app/studio/settings_dialog.hpp"
#include "app/studio/shortcut_dialog.hpp"
#include "app/studio/studio_settings.hpp"
#include "app/studio/vulkan_host.hpp"

namespace volpress::studio {

void MainWindow::makeTools() {
  QAction* palette = makeAction("commandPaletteAction", tr("Search commands…"), "search",
                                {tr("Ctrl+K"), tr("Ctrl+Shift+P")}, {});
  QAction* shortcuts = makeAction("shortcutsAction", tr("Keyboard shortcuts…"), {}, {}, {});
  QAction* settings =
      makeAction("settingsAction", tr("Settings…"), {}, {QKeySequence(tr("Ctrl+,"))}, {});
  QMenu* edit = nullptr;
  for (const QAction* top : menuBar()->actions()) {
    edit = top->text() == tr("&Edit") ? top->menu() : edit;
  }
  if (edit == nullptr) {
    edit = new QMenu(tr("&Edit"), menuBar());
    menuBar()->insertMenu(menuBar()->actions().value(1), edit);
  }
  edit->addSeparator();
  edit->addActions({palette, shortcuts, settings});
  connect(palette, &QAction::triggered, this, [this] { (new CommandPalette(*this))->show(); });
  connect(shortcuts, &QAction::triggered, this, [this] { (new ShortcutDialog(*this))->open(); });
  connect(settings, &QAction::triggered, this, &MainWindow::showSettings);
  for (QDockWidget* dock : m_docks) {
    dock->toggleViewAction()->setObjectName("toggle." + dock->objectName());
    dock->toggleViewAction()->setEnabled(
        true);  // Qt switches it off for docks without a close button
    addAction(dock->toggleViewAction());
  }
  restoreShortcuts(*this);
  giveMnemonics(*menuBar());
  // The menus change the same settings as the dialog.
  connect(m_actions.lightTheme, &QAction::toggled, this,
          [](bool light) { QSettings().setValue("window/light", light); });
  for (const auto& [action, name] : {std::pair{m_actions.rendererAutomatic, "automatic"},
                                     {m_actions.rendererSoftware, "software"},
                                     {m_actions.rendererVulkan, "vulkan"}}) {
    connect(action, &QAction::triggered, this,
            [name = name] { QSettings().setValue("viewport/renderer", name); });
  }

  connect(m_viewport, &Viewport::deviceLost, this, [this](const QString& reason) {
    m_vulkanProblem = tr("The graphics device was lost; the next start tries it again.");
    note(tr("The graphics device was lost (%1). The software draws the viewport from now on; jobs "
            "and results are not touched. The next start tries the device again.")
             .arg(reason),
         Session::Tone::Warning);
  });

  if (auto* tree = findChild<QAbstractItemView*>("projectTree")) {
    showWhenEmpty(*tree, tr("Scenes and their results are listed here. Open a file, or drop one on "
                            "the window."));
  }
  if (auto* table = findChild<QAbstractItemView*>("resultsTable")) {
    showWhenEmpty(*table,
                  tr("Every number of every result, one a row, as jobs finish. Columns sort; "
                     "the context menu copies and saves them."));
  }

  m_watch = new SceneWatch(this);
  connect(m_session.get(), &Session::documentChanged, this,
          [this] { m_watch->watch(m_session->document()); });
  connect(m_watch, &SceneWatch::changedOnDisk, this, [this](EntryId id) {
    if (const Entry* entry = m_session->document().find(id)) {
      const QString path = QString::fromStdString(entry->path.string());
      m_notice->offer(
          tr("%1 has changed on disk. What is shown, and what was measured, is the version that "
             "was opened.")
              .arg(QString::fromStdString(entry->name)),
          tr("Open the new version"), [this, id, path] {
            m_watch->accept(id);
            openFile(path);
          });
    }
  });
  connect(m_watch, &SceneWatch::goneFromDisk, this, [this](EntryId id) {
    if (const Entry* entry = m_session->document().find(id)) {
      note(tr("%1 is no longer at %2. It stays open, but new jobs need the file: put it back, or "
              "export the scene to another place.")
               .arg(QString::fromStdString(entry->name),
                    QString::fromStdString(entry->path.string())),
           Session::Tone::Warning);
    }
  });
  applySettings();
  remindOfCache();
}

void MainWindow::showSettings() {
  SettingsFacts facts;
  facts.devices = m_deviceNames;
  facts.unavailable = m_vulkanProblem;
  facts.cache = m_session->resultsFolder().parent_path().parent_path();
  for (const Entry& entry : m_session->document().entries()) {
    if (!entry.isSource()) {
      facts.kept.insert(entry.path.parent_path());
    }
  }
  auto* dialog = new SettingsDialog(std::move(facts), this);
  connect(dialog, &SettingsDialog::changed, this, &MainWindow::applySettings);
  dialog->open();
}

void MainWindow::applySettings() {
  const StudioSettings settings = loadSettings();
  m_actions.lightTheme->setChecked(settings.lightTheme);
  QAction* drawnBy = settings.renderer == RendererSetting::Software ? m_actions.rendererSoftware
                     : settings.renderer == RendererSetting::Vulkan ? m_actions.rendererVulkan
                                                                    : m_actions.rendererAutomatic;
  if (!drawnBy->isChecked()) {
    drawnBy->trigger();
  }
  m_session->setJobThreads(static_cast<std::size_t>(settings.threads));
}

void MainWindow::remindOfCache() {
  const std::filesystem::path cache = m_session->resultsFolder().parent_path().parent_path();
  const std::uint64_t limit = loadSettings().cacheLimit;
  m_startup->run(
      "Measuring the cache",
      [cache](TaskContext&) { return engine::totalBytes(engine::listCachedRuns(cache)); },
      [this, limit](std::uint64_t used) {
        if (used > limit) {
          note(tr("Unsaved results of earlier runs take %1, more than the %2 of the settings. "
                  "Edit > Settings cleans them up.")
                   .arg(QString::fromStdString(sizeText(used)),
                        QString::fromStdString(sizeText(limit))),
               Session::Tone::Warning);
        }
      });
}

}  // namespace volpress::studio
