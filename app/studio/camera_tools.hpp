// Everything about cameras in the window: bookmarks, path, movies, view sets, up axis.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <vector>

#include <QObject>
#include <QPointer>
#include <QTimer>

#include "app/engine/bookmarks.hpp"
#include "app/engine/camera_path.hpp"
#include "app/studio/background.hpp"
#include "app/studio/camera_frusta.hpp"
#include "app/studio/document.hpp"

class QAction;
class QMainWindow;
class QMenu;

namespace volpress::studio {

class BookmarkPanel;
class MovieDialog;
class PathPanel;
class ViewSetDialog;
class Viewport;

/// One scene on a side of the comparison.
struct ShownScene {
  std::string name;
  engine::DrawnScene scene;
};

/// Owns the panels' data. What belongs to a scene is kept in the settings by the scene's path;
/// bookmarks and path are its extras too, so that they travel with a project and can be undone.
class CameraTools : public QObject {
  Q_OBJECT
public:
  /// `shown`: the sides now, A first.
  CameraTools(Viewport& viewport, std::function<std::vector<ShownScene>()> shown,
              std::filesystem::path cache, QMainWindow& window);
  ~CameraTools() override;

  [[nodiscard]] QWidget* bookmarkPanel() const;
  [[nodiscard]] QWidget* pathPanel() const;
  /// Adds menu entries; their keys work in the whole window.
  void fillMenu(QMenu& menu);

  /// The viewport is at home in this scene: takes over its up axis, bookmarks and path.
  void sceneOpened(const Entry& source);
  /// The scene that is shown may have other bookmarks or another path: something was undone.
  void follow(const Entry& source);
  /// Whether a scene is shown.
  void setReady(bool ready);

  [[nodiscard]] const engine::Bookmarks& bookmarks() const { return m_bookmarks; }
  void addBookmark();
  void jumpTo(std::size_t index);
  /// Turns the scene the other way up, and remembers it.
  void flipUp();
  void setDown(Vec3 down);
  /// The view set that jobs are measured on: a spec of makeViewSet.
  [[nodiscard]] const QString& viewSpec() const { return m_viewSpec; }
  /// As the project has it; tells nobody.
  void setViewSpec(const QString& spec) { m_viewSpec = spec; }

signals:
  void noted(const QString& text, bool warning);
  void viewSpecChosen(const QString& spec);
  /// A scene came with this; it is as it was.
  void extraFound(volpress::studio::EntryId source, const std::string& key,
                  const std::string& value);
  /// A person changed it; `gesture` as in Session::setExtra.
  void extraChanged(volpress::studio::EntryId source, const std::string& key,
                    const std::string& value, const QString& text, std::uint64_t gesture);

private:
  void connectPanels();
  QAction* addAction(const QString& name, const QString& text, const QKeySequence& key,
                     std::function<void()> run);
  [[nodiscard]] engine::Viewpoint present() const;
  void edit(const Result<void>& done, const QString& text);
  void bookmarksChanged(const QString& text);
  void pathChanged();
  void takeBookmarks(const std::string& json);
  void takePath(const std::string& json);
  void drawThumbnails();
  void lookThrough(const engine::Viewpoint& view);
  void remember() const;
  [[nodiscard]] QString settingsKey(const char* what) const;
  [[nodiscard]] std::vector<engine::Viewpoint> bookmarkViews() const;
  void openMovieDialog();
  void startMovie();
  void openViewSetDialog();
  void makeViews(const QString& spec);
  void drawCameras();
  void takeViewSet();
  void savePath();
  void openPath();
  [[nodiscard]] Result<QString> writeViews(const std::string& json, const QString& stem) const;

  Viewport& m_viewport;
  std::function<std::vector<ShownScene>()> m_shown;
  std::filesystem::path m_cache;
  QMainWindow& m_window;
  BookmarkPanel* m_bookmarkPanel;
  PathPanel* m_pathPanel;
  std::vector<QAction*> m_sceneActions;
  std::vector<QAction*> m_navigation;
  engine::Bookmarks m_bookmarks;
  engine::DrawnScene m_scene;    ///< the source
  std::filesystem::path m_path;  ///< of the source
  EntryId m_source = 0;
  QString m_viewSpec = QStringLiteral("auto");
  QPointer<MovieDialog> m_movieDialog;
  QPointer<ViewSetDialog> m_viewDialog;
  QTimer m_progressTimer;
  bool m_loading = false;
  std::uint64_t m_thumbnailRound = 0;
  std::unique_ptr<Background> m_movies;      // last: their threads post to the above
  std::unique_ptr<Background> m_thumbnails;  // each of its own: only its like may replace a task
  std::unique_ptr<Background> m_viewSets;
};

}  // namespace volpress::studio
