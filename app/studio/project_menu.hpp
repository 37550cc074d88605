// New, open, save, undo, and what closing asks: the window's dealings with projects.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>

#include <QObject>
#include <QString>

class QAction;
class QMainWindow;
class QMenu;
class QMessageBox;

namespace volpress::studio {

class Session;

/// Owns the project and edit actions of a window. Nothing in it blocks; questions are asked only
/// where something would be lost.
class ProjectMenu : public QObject {
  Q_OBJECT
public:
  ProjectMenu(Session& session, QMainWindow& window, int layoutVersion);

  void fillFileMenu(QMenu& menu);
  void fillEditMenu(QMenu& menu);
  /// Title, modified mark, and what undo and redo would do.
  void refresh();
  /// Opens a project, after asking when the present one would lose something.
  void open(const QString& path);
  /// Connects what the project tree asks for.
  void serve(class ProjectPanel& panel);
  /// Whether the window may close now. If not, a question stands open; its answer closes the
  /// window.
  [[nodiscard]] bool mayClose();

signals:
  /// A project file was opened or saved.
  void fileUsed(const QString& path);

private:
  QAction* add(const QString& name, const QString& text, const QList<class QKeySequence>& keys,
               const QString& tip, std::function<void()> run);
  void locate(std::uint64_t entry);
  void emptyTrash();
  void newProject();
  void openDialog();
  void save(std::function<void()> then);
  void saveAs(std::function<void()> then);
  /// Writes the project with the layout of now.
  void saveTo(const std::filesystem::path& file, const std::function<void()>& then);
  void restoreLayout();
  /// Asks about unsaved work, then goes on with `then`; not at all when the person stays.
  void whenSafe(const QString& what, std::function<void()> then);
  void askAboutJobs();
  void closeNow(bool keep);

  Session& m_session;
  QMainWindow& m_window;
  int m_layoutVersion;
  QAction* m_new;
  QAction* m_open;
  QAction* m_save;
  QAction* m_saveAs;
  QAction* m_undo;
  QAction* m_redo;
  bool m_mayClose = false;
  bool m_closeAtEnd = false;  ///< hidden, until the queue has ended
};

}  // namespace volpress::studio
