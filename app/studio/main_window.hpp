// The window: menus, docks and viewport around one session.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <QMainWindow>

#include "app/studio/session.hpp"
#include "app/studio/theme.hpp"
#include "app/studio/viewport.hpp"

class QAction;
class QDockWidget;
class QLabel;
class QMenu;
class QProgressBar;
class QStackedWidget;

namespace volpress::studio {

class CameraTools;
class ChartPanel;
class CompareBar;
class CompareController;
class InspectorPanel;
class JobDesk;
class LogPanel;
class NoticeBar;
class PlaybackDesk;
class ProjectMenu;
class ProjectPanel;
class QueuePanel;
class SceneTools;
class SceneWatch;
class StreamDesk;
class TablePanel;
class WelcomePage;

class MainWindow : public QMainWindow {
  Q_OBJECT
public:
  explicit MainWindow(SessionPlaces places, QWidget* parent = nullptr);
  ~MainWindow() override;

  void openFile(const QString& path);
  [[nodiscard]] Session& session() { return *m_session; }
  [[nodiscard]] Viewport& viewport() { return *m_viewport; }
  [[nodiscard]] PlaybackDesk& playback() { return *m_playback; }

protected:
  void closeEvent(QCloseEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

private:
  struct Actions {
    QAction *open, *openFolder, *sample, *exportVariant, *exportStream, *close, *quit;
    QAction *single, *wipe, *sideBySide, *flip, *previous, *next, *swap;
    QAction *home, *focus, *flipUp;
    QAction *hidePanels, *fullScreen, *lightTheme, *resetLayout;
    QAction *rendererAutomatic, *rendererSoftware, *rendererVulkan;
    QAction *addJob, *compareThree, *sweep, *openResults;
    QAction *keys, *about;
  };

  void makeActions();
  QAction* makeAction(const QString& name, const QString& text, const QString& iconName,
                      const QList<QKeySequence>& keys, const QString& tip);
  void makeMenus();
  void makePanels();
  void makeDocks();
  QDockWidget* addDock(const QString& title, const QString& name, QWidget* content,
                       Qt::DockWidgetArea area, bool hasTitle);
  void connectActions();
  void connectSession();
  void startViewport();
  void makeTools();
  void showSettings();
  void applySettings();
  void remindOfCache();
  void restoreWindow();
  void applyDefaultLayout();

  void openDialog();
  void openFolderDialog();
  void openPaths(const QStringList& paths);
  void exportDialog(EntryId entry);
  void saveTableAsCsv();
  void saveChart();
  void setMode(CompareMode mode);
  void showMode(CompareMode mode);
  void togglePanels(bool hidden);
  void setLightTheme(bool light);
  void showKeys();
  void showAbout();
  void chooseEntry(EntryId entry);
  void removeEntry(EntryId entry);

  void documentChanged();
  void showSides();  ///< the document's, in the viewport
  void sidesChanged();
  void jobsChanged();
  void activityChanged();
  void note(const QString& text, Session::Tone tone);
  void rememberRecent(const QString& path);
  void refreshRecent();

  std::unique_ptr<Session> m_session;
  std::unique_ptr<Background> m_startup;  // makes the Vulkan device off the GUI thread
  Actions m_actions{};
  QMenu* m_recentMenu = nullptr;
  QStackedWidget* m_pages = nullptr;
  WelcomePage* m_welcome = nullptr;
  QWidget* m_stage = nullptr;  // compare bar and viewport
  CompareBar* m_compareBar = nullptr;
  CompareController* m_compare = nullptr;
  PlaybackDesk* m_playback = nullptr;
  NoticeBar* m_notice = nullptr;
  Viewport* m_viewport = nullptr;
  ProjectPanel* m_project = nullptr;
  InspectorPanel* m_inspector = nullptr;
  ProjectMenu* m_projectMenu = nullptr;
  JobDesk* m_jobDesk = nullptr;
  QueuePanel* m_queue = nullptr;
  ChartPanel* m_chart = nullptr;
  TablePanel* m_table = nullptr;
  LogPanel* m_log = nullptr;
  CameraTools* m_cameras = nullptr;
  SceneTools* m_sceneTools = nullptr;
  StreamDesk* m_streams = nullptr;
  QDockWidget* m_bookmarkDock = nullptr;
  std::vector<QDockWidget*> m_sceneDocks;   // beside the inspector
  std::vector<QDockWidget*> m_docks;        // project, inspector, queue, chart, table, log
  std::vector<QDockWidget*> m_hiddenDocks;  // by togglePanels
  QLabel* m_activityText = nullptr;
  QProgressBar* m_activityBar = nullptr;
  bool m_hadB = false;
  SceneWatch* m_watch = nullptr;
  QStringList m_deviceNames;  // Vulkan devices of this machine
  QString m_vulkanProblem;    // why there are none
};

}  // namespace volpress::studio
