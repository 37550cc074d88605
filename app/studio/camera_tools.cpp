#include "app/studio/camera_tools.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <QAction>
#include <QActionGroup>
#include <QCryptographicHash>
#include <QMainWindow>
#include <QMenu>
#include <QSettings>

#include "app/studio/bookmark_panel.hpp"
#include "app/studio/gesture.hpp"
#include "app/studio/movie_dialog.hpp"
#include "app/studio/path_panel.hpp"
#include "app/studio/picture_of.hpp"
#include "app/studio/view_set_dialog.hpp"
#include "app/studio/viewport.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::studio {
namespace {

constexpr int kProgressMs = 100;
constexpr const char* kBookmarks = "bookmarks";  // extras of a source
constexpr const char* kCameraPath = "cameraPath";

/// Small pictures of all views, in order.
Result<std::vector<Image>> drawViews(const engine::DrawnScene& scene,
                                     const std::vector<engine::Viewpoint>& views, QSize size,
                                     TaskContext& context) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(context.runner);
  VOLPRESS_TRY(engine::ViewPainter painter,
               engine::ViewPainter::make(scene, *rasterizer, context.runner));
  renderer::RenderOptions options;
  options.stop = context.stop;
  std::vector<Image> pictures;
  for (const engine::Viewpoint& view : views) {
    const Camera camera = engine::cameraAt(view, static_cast<std::size_t>(size.width()),
                                           static_cast<std::size_t>(size.height()));
    VOLPRESS_TRY(renderer::RenderResult drawn, painter.draw(camera, options));
    pictures.push_back(std::move(drawn.color));
  }
  return pictures;
}

}  // namespace

CameraTools::CameraTools(Viewport& viewport, std::function<std::vector<ShownScene>()> shown,
                         std::filesystem::path cache, QMainWindow& window)
    : QObject(&window),
      m_viewport(viewport),
      m_shown(std::move(shown)),
      m_cache(std::move(cache)),
      m_window(window),
      m_bookmarkPanel(new BookmarkPanel(&window)),
      m_pathPanel(new PathPanel(&window)),
      m_movies(std::make_unique<Background>(this)),
      m_thumbnails(std::make_unique<Background>(this)),
      m_viewSets(std::make_unique<Background>(this)) {
  m_progressTimer.setInterval(kProgressMs);
  connect(&m_progressTimer, &QTimer::timeout, this, [this] {
    const auto activity = m_movies->activity();
    if (m_movieDialog != nullptr && activity) {
      m_movieDialog->showProgress(activity->fraction, QString::fromStdString(activity->detail));
    }
  });
  connectPanels();
}

CameraTools::~CameraTools() = default;

QWidget* CameraTools::bookmarkPanel() const { return m_bookmarkPanel; }
QWidget* CameraTools::pathPanel() const { return m_pathPanel; }

void CameraTools::connectPanels() {
  connect(m_bookmarkPanel, &BookmarkPanel::addWanted, this, &CameraTools::addBookmark);
  connect(m_bookmarkPanel, &BookmarkPanel::jumpWanted, this, &CameraTools::jumpTo);
  connect(m_bookmarkPanel, &BookmarkPanel::renameWanted, this,
          [this](std::size_t index, const QString& name) {
            edit(m_bookmarks.rename(index, name.trimmed().toStdString()), tr("Rename bookmark"));
          });
  connect(m_bookmarkPanel, &BookmarkPanel::moveWanted, this,
          [this](std::size_t from, std::size_t to) {
            edit(m_bookmarks.move(from, to), tr("Move bookmark"));
          });
  connect(m_bookmarkPanel, &BookmarkPanel::removeWanted, this,
          [this](std::size_t index) { edit(m_bookmarks.remove(index), tr("Remove bookmark")); });
  connect(m_bookmarkPanel, &BookmarkPanel::updateWanted, this, [this](std::size_t index) {
    engine::Bookmark kept = m_bookmarks.list()[index];
    kept.view = present();
    static_cast<void>(m_bookmarks.remove(index));
    edit(m_bookmarks.insert(index, std::move(kept)), tr("Change bookmark"));
  });
  connect(m_pathPanel, &PathPanel::pathChanged, this, &CameraTools::pathChanged);
  connect(m_pathPanel, &PathPanel::previewed, this, &CameraTools::lookThrough);
  connect(m_pathPanel, &PathPanel::addKeyWanted, this, [this] { m_pathPanel->addKey(present()); });
  connect(m_pathPanel, &PathPanel::fromBookmarksWanted, this, [this](double seconds) {
    if (m_bookmarks.empty()) {
      emit noted(tr("There are no bookmarks yet: B keeps the present view."), false);
      return;
    }
    m_pathPanel->setPath(engine::pathThrough(bookmarkViews(), seconds, false));
  });
  connect(m_pathPanel, &PathPanel::turntableWanted, this, [this](double seconds) {
    const Vec3 down = m_viewport.camera().down();
    m_pathPanel->setPath(engine::turntablePath(
        present(),
        {static_cast<double>(down[0]), static_cast<double>(down[1]), static_cast<double>(down[2])},
        seconds));
  });
  connect(m_pathPanel, &PathPanel::movieWanted, this, &CameraTools::openMovieDialog);
  connect(m_pathPanel, &PathPanel::saveWanted, this, &CameraTools::savePath);
  connect(m_pathPanel, &PathPanel::openWanted, this, &CameraTools::openPath);
}

QAction* CameraTools::addAction(const QString& name, const QString& text, const QKeySequence& key,
                                std::function<void()> run) {
  auto* action = new QAction(text, &m_window);
  action->setObjectName(name);
  action->setShortcut(key);
  m_window.addAction(action);  // reachable by its key when the menu bar is hidden
  connect(action, &QAction::triggered, this, std::move(run));
  m_sceneActions.push_back(action);
  return action;
}

void CameraTools::fillMenu(QMenu& menu) {
  menu.addAction(addAction("bookmark", tr("Keep this view"), tr("B"), [this] { addBookmark(); }));
  QMenu* jumps = menu.addMenu(tr("Go to bookmark"));
  for (int i = 0; i < kJumpKeys; ++i) {
    const auto key = Qt::Key(Qt::Key_0 + (i + 1) % 10);
    jumps->addAction(addAction(QStringLiteral("bookmark%1").arg(i + 1),
                               tr("Bookmark %1").arg(i + 1), QKeySequence(Qt::CTRL | key),
                               [this, i] { jumpTo(static_cast<std::size_t>(i)); }));
  }
  menu.addSeparator();
  auto* navigation = new QActionGroup(this);
  QMenu* modes = menu.addMenu(tr("Left button"));
  const std::array<std::pair<NavigationMode, QString>, 3> choices{
      std::pair{NavigationMode::Orbit, tr("Orbits about the pivot")},
      {NavigationMode::Fly, tr("Looks around; W A S D Q E fly")},
      {NavigationMode::Turntable, tr("Turns the turntable, which goes on by itself")}};
  for (const auto& [mode, text] : choices) {
    QAction* action = addAction(QStringLiteral("navigation%1").arg(static_cast<int>(mode)), text,
                                {}, [this, mode = mode] {
                                  m_viewport.setNavigation(mode);
                                  remember();
                                });
    action->setCheckable(true);
    action->setChecked(mode == NavigationMode::Orbit);
    navigation->addAction(action);
    modes->addAction(action);
    m_navigation.push_back(action);
  }
  QMenu* up = menu.addMenu(tr("Up axis"));
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (const float sign : {1.0F, -1.0F}) {
      const QString text = QStringLiteral("%1%2")
                               .arg(sign > 0 ? "+" : "−")
                               .arg(QChar('X' + static_cast<char>(axis)));
      up->addAction(addAction("up" + text, text, {}, [this, axis, sign] {
        Vec3 down{};
        down[axis] = -sign;
        setDown(down);
      }));
    }
  }
  menu.addSeparator();
  menu.addAction(addAction("pathKey", tr("Add key frame"), tr("K"),
                           [this] { m_pathPanel->addKey(present()); }));
  menu.addAction(addAction("pathPlayAction", tr("Play the camera path"), tr("Ctrl+Space"),
                           [this] { m_pathPanel->togglePlaying(); }));
  menu.addAction(addAction("pathMovieAction", tr("Export movie…"), tr("Ctrl+M"),
                           [this] { openMovieDialog(); }));
  menu.addSeparator();
  menu.addAction(addAction("viewSet", tr("Measured views…"), tr("Ctrl+Shift+V"),
                           [this] { openViewSetDialog(); }));
  setReady(!m_scene.isEmpty());
}

void CameraTools::setReady(bool ready) {
  for (QAction* action : m_sceneActions) {
    action->setEnabled(ready);
  }
  m_bookmarkPanel->setReady(ready);
  m_loading = true;
  m_pathPanel->setReady(ready);
  m_loading = false;
}

engine::Viewpoint CameraTools::present() const {
  const ViewCamera camera = m_viewport.camera();
  return engine::viewpointOf(camera.camera(640, 400), static_cast<double>(camera.distance()));
}

void CameraTools::lookThrough(const engine::Viewpoint& view) {
  m_viewport.lookThrough(engine::cameraAt(view, 640, 400), static_cast<float>(view.pivotDistance));
}

void CameraTools::addBookmark() {
  if (m_scene.isEmpty()) {
    return;
  }
  const auto index = m_bookmarks.add(present());
  if (!index) {
    emit noted(QString::fromStdString(index.error().message), true);
    return;
  }
  bookmarksChanged(tr("Add bookmark"));
  emit noted(tr("Kept as %1").arg(QString::fromStdString(m_bookmarks.list()[*index].name)), false);
}

void CameraTools::jumpTo(std::size_t index) {
  if (index < m_bookmarks.list().size()) {
    lookThrough(m_bookmarks.list()[index].view);
  }
}

void CameraTools::edit(const Result<void>& done, const QString& text) {
  if (!done) {
    emit noted(QString::fromStdString(done.error().message), true);
  }
  bookmarksChanged(text);
}

void CameraTools::bookmarksChanged(const QString& text) {
  m_bookmarkPanel->showBookmarks(m_bookmarks);
  remember();
  drawThumbnails();
  emit extraChanged(m_source, kBookmarks, engine::bookmarksToJson(m_bookmarks), text, 0);
}

void CameraTools::pathChanged() {
  if (m_loading) {
    return;
  }
  remember();
  emit extraChanged(m_source, kCameraPath, engine::cameraPathToJson(m_pathPanel->path()),
                    tr("Change the camera path"), gestureOf(m_pathPanel));
}

void CameraTools::takeBookmarks(const std::string& json) {
  // A file like any other: what cannot be read is left out.
  m_bookmarks = engine::bookmarksFromJson(json).value_or(engine::Bookmarks());
  m_bookmarkPanel->showBookmarks(m_bookmarks);
  drawThumbnails();
}

void CameraTools::takePath(const std::string& json) {
  const bool loading = std::exchange(m_loading, true);
  m_pathPanel->setPath(engine::cameraPathFromJson(json).value_or(engine::CameraPath()));
  m_loading = loading;
}

void CameraTools::follow(const Entry& source) {
  if (source.id != m_source) {
    return;  // it is opened first
  }
  const auto other = [&source](const char* key, const std::string& present) -> const std::string* {
    const auto at = source.extras.find(key);
    return at != source.extras.end() && at->second != present ? &at->second : nullptr;
  };
  const std::string* bookmarks = other(kBookmarks, engine::bookmarksToJson(m_bookmarks));
  const std::string* path = other(kCameraPath, engine::cameraPathToJson(m_pathPanel->path()));
  if (bookmarks != nullptr) {
    takeBookmarks(*bookmarks);
  }
  if (path != nullptr) {
    takePath(*path);
  }
  if (bookmarks != nullptr || path != nullptr) {
    remember();
  }
}

void CameraTools::drawThumbnails() {
  ++m_thumbnailRound;
  m_thumbnails->cancelAll();
  if (m_scene.isEmpty() || m_bookmarks.empty()) {
    return;
  }
  const QSize size = BookmarkPanel::thumbnailSize() * m_window.devicePixelRatioF();
  m_thumbnails->run(
      "Drawing thumbnails",
      [scene = m_scene, views = bookmarkViews(), size](TaskContext& context) {
        return drawViews(scene, views, size, context);
      },
      [this, round = m_thumbnailRound](const Result<std::vector<Image>>& pictures) {
        if (!pictures || round != m_thumbnailRound) {
          return;  // the list is another one by now
        }
        for (std::size_t i = 0; i < pictures->size(); ++i) {
          m_bookmarkPanel->setThumbnail(i, pictureOf((*pictures)[i]));
        }
      });
}

std::vector<engine::Viewpoint> CameraTools::bookmarkViews() const {
  std::vector<engine::Viewpoint> views;
  for (const engine::Bookmark& bookmark : m_bookmarks.list()) {
    views.push_back(bookmark.view);
  }
  return views;
}

void CameraTools::flipUp() {
  m_viewport.flipUp();
  remember();
}

void CameraTools::setDown(Vec3 down) {
  m_viewport.setDown(down);
  remember();
}

QString CameraTools::settingsKey(const char* what) const {
  const QByteArray hash = QCryptographicHash::hash(QByteArray::fromStdString(m_path.string()),
                                                   QCryptographicHash::Sha1);
  return QStringLiteral("scenes/%1/%2").arg(QString::fromLatin1(hash.toHex()), what);
}

void CameraTools::remember() const {
  if (m_path.empty() || m_loading) {
    return;
  }
  QSettings settings;
  const Vec3 down = m_viewport.camera().down();
  settings.setValue(settingsKey("down"), QVariantList{down[0], down[1], down[2]});
  settings.setValue(settingsKey("navigation"), static_cast<int>(m_viewport.navigation()));
  settings.setValue(settingsKey("bookmarks"),
                    QString::fromStdString(engine::bookmarksToJson(m_bookmarks)));
  settings.setValue(settingsKey("path"),
                    QString::fromStdString(engine::cameraPathToJson(m_pathPanel->path())));
}

void CameraTools::sceneOpened(const Entry& source) {
  m_loading = true;
  m_scene = {source.cloud, nullptr, source.model};
  m_path = source.path;
  m_source = source.id;
  m_viewport.setCameraLines(nullptr);
  const QSettings settings;
  const QVariantList down = settings.value(settingsKey("down")).toList();
  if (down.size() == 3) {
    m_viewport.setDown({down[0].toFloat(), down[1].toFloat(), down[2].toFloat()});
    m_viewport.goHome();
  }
  const int navigation = std::clamp(settings.value(settingsKey("navigation"), 0).toInt(), 0, 2);
  m_viewport.setNavigation(static_cast<NavigationMode>(navigation));
  if (!m_navigation.empty()) {
    m_navigation[static_cast<std::size_t>(navigation)]->setChecked(true);
  }
  // What a project brought goes before what this person had in the scene last.
  const auto found = [&](const char* key, const char* setting) {
    const auto at = source.extras.find(key);
    return at != source.extras.end()
               ? at->second
               : settings.value(settingsKey(setting)).toString().toStdString();
  };
  takeBookmarks(found(kBookmarks, "bookmarks"));
  takePath(found(kCameraPath, "path"));
  setReady(true);
  m_loading = false;
  // As it is written from now on, so that undo can come back to it.
  emit extraFound(m_source, kBookmarks, engine::bookmarksToJson(m_bookmarks));
  emit extraFound(m_source, kCameraPath, engine::cameraPathToJson(m_pathPanel->path()));
}

}  // namespace volpress::studio
