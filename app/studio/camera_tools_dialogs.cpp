// Movies, view sets and files of the camera tools.
#include <QFileDialog>
#include <QFileInfo>
#include <QMainWindow>
#include <QSettings>

#include "app/engine/path_movie.hpp"
#include "app/engine/view_sets.hpp"
#include "app/studio/camera_tools.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/movie_dialog.hpp"
#include "app/studio/path_panel.hpp"
#include "app/studio/view_set_dialog.hpp"
#include "app/studio/viewport.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"

namespace volpress::studio {

void CameraTools::openMovieDialog() {
  if (m_pathPanel->path().keys.empty()) {
    emit noted(tr("The camera path is empty: K adds the present view as a key frame."), false);
    return;
  }
  if (m_movieDialog != nullptr) {
    m_movieDialog->raise();
    return;
  }
  QStringList names;
  for (const ShownScene& scene : m_shown()) {
    names << QString::fromStdString(scene.name);
  }
  const QString folder = QSettings().value("folders/export", QDir::homePath()).toString();
  m_movieDialog = new MovieDialog(m_pathPanel->path(), names, folder, &m_window);
  m_movieDialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(m_movieDialog, &MovieDialog::startWanted, this, &CameraTools::startMovie);
  connect(m_movieDialog, &MovieDialog::cancelWanted, this, [this] { m_movies->stopAll(); });
  m_movieDialog->open();
}

void CameraTools::startMovie() {
  const engine::MovieSettings settings = m_movieDialog->settings();
  engine::CameraPath path = m_pathPanel->path();
  path.framesPerSecond = m_movieDialog->framesPerSecond();
  std::vector<engine::DrawnScene> scenes;
  const std::vector<ShownScene> shown = m_shown();
  for (const std::size_t side : m_movieDialog->sides()) {
    if (side < shown.size()) {
      scenes.push_back(shown[side].scene);
    }
  }
  const QString name = QString::fromStdString(settings.output.string());
  QSettings().setValue("folders/export", QFileInfo(name).absolutePath());
  m_progressTimer.start();
  m_movies->run(
      "Drawing the movie",
      [scenes, path, settings](TaskContext& context) {
        const auto rasterizer = renderer::makeSoftwareRasterizer(context.runner);
        return engine::renderMovie(scenes, path, settings, *rasterizer, context.runner,
                                   context.progress, context.stop);
      },
      [this, name](const Result<engine::MovieReport>& report) {
        m_progressTimer.stop();
        const bool cancelled = !report && report.error().code == ErrorCode::Cancelled;
        const QString text = report ? tr("%1: %2 frames, %3")
                                          .arg(name)
                                          .arg(report->frames)
                                          .arg(QString::fromStdString(sizeText(report->bytes)))
                             : cancelled ? tr("Cancelled; nothing was written.")
                                         : QString::fromStdString(report.error().message);
        if (m_movieDialog != nullptr) {
          m_movieDialog->showEnd(text, !report && !cancelled);
        }
        emit noted(text, !report && !cancelled);
      });
}

Result<QString> CameraTools::writeViews(const std::string& json, const QString& stem) const {
  const ByteView bytes = viewBytes(std::string_view(json));
  std::error_code ignored;
  std::filesystem::create_directories(m_cache, ignored);
  // Named by content: a job that waits keeps the views that it was given.
  const auto file = m_cache / fmt::format("{}-{:016x}.json", stem.toStdString(), hashBytes(bytes));
  VOLPRESS_CHECK(writeFileAtomically(file, bytes));
  return QString::fromStdString(file.string());
}

void CameraTools::openViewSetDialog() {
  if (m_scene.isEmpty() || m_viewDialog != nullptr) {
    return;
  }
  if (m_scene.cloud == nullptr) {
    emit noted(
        tr("Views can be chosen for scenes of splats. Meshes and radiance fields are measured "
           "from all around, or from the cameras that they came with, pictures pixel by pixel."),
        false);
    return;
  }
  QString bookmarkFile;
  if (!m_bookmarks.empty()) {
    const auto written = writeViews(engine::bookmarksToJson(m_bookmarks), "bookmarks");
    if (!written) {
      emit noted(QString::fromStdString(written.error().message), true);
    }
    bookmarkFile = written.value_or(QString());
  }
  m_viewDialog = new ViewSetDialog(m_viewSpec, bookmarkFile, &m_window);
  m_viewDialog->setAttribute(Qt::WA_DeleteOnClose);
  m_viewDialog->showScene(*m_scene.cloud, m_viewport.camera().down());
  connect(m_viewDialog, &ViewSetDialog::viewsWanted, this, &CameraTools::makeViews);
  connect(m_viewDialog, &ViewSetDialog::viewsShown, this, &CameraTools::drawCameras);
  connect(m_viewDialog, &ViewSetDialog::viewWanted, this, [this](std::size_t index) {
    m_viewport.lookThrough(m_viewDialog->views().views[index].camera,
                           m_viewport.camera().homeDistance());
  });
  connect(m_viewDialog, &QDialog::accepted, this, &CameraTools::takeViewSet);
  connect(m_viewDialog, &QDialog::rejected, this, [this] { m_viewport.setCameraLines(nullptr); });
  m_viewDialog->show();  // beside the viewport, which stays usable
}

void CameraTools::makeViews(const QString& spec) {
  m_viewSets->cancelAll();
  m_viewSets->run(
      "Making views",
      [cloud = m_scene.cloud, path = m_path, spec = spec.toStdString()](TaskContext& context) {
        const auto rasterizer = renderer::makeSoftwareRasterizer(context.runner);
        return engine::makeViewSet(spec, *cloud, path, *rasterizer, {});
      },
      [this, spec](const Result<ViewSet>& views) {
        if (m_viewDialog != nullptr && m_viewDialog->spec() == spec) {
          m_viewDialog->showViews(views);
        }
      });
}

void CameraTools::drawCameras() {
  if (m_viewDialog == nullptr || !m_viewDialog->drawsCameras()) {
    m_viewport.setCameraLines(nullptr);
    return;
  }
  auto lines = std::make_shared<std::vector<WorldLine>>();
  const float depth = 0.08F * m_viewport.camera().homeDistance();
  for (const View& view : m_viewDialog->views().views) {
    addFrustum(*lines, view.camera, depth,
               view.heldOut ? FrustumKind::HeldOut : FrustumKind::Plain);
  }
  m_viewport.setCameraLines(std::move(lines));
}

void CameraTools::takeViewSet() {
  QString spec = m_viewDialog->spec();
  if (m_viewDialog->marksChanged()) {
    engine::Bookmarks views;
    for (const View& view : m_viewDialog->views().views) {
      const auto index = views.add(engine::viewpointOf(view.camera, 1), view.name);
      if (index && view.heldOut) {
        static_cast<void>(views.setHeldOut(*index, true));
      }
    }
    const auto written = writeViews(engine::bookmarksToJson(views), "views");
    if (!written) {
      emit noted(QString::fromStdString(written.error().message), true);
      return;
    }
    spec = *written;
  }
  m_viewSpec = spec;
  emit viewSpecChosen(spec);
  emit noted(tr("New results are measured on %1 views of %2.")
                 .arg(m_viewDialog->views().views.size())
                 .arg(QString::fromStdString(m_viewDialog->views().origin)),
             false);
}

void CameraTools::savePath() {
  auto* dialog = new QFileDialog(&m_window, tr("Save the camera path"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix("json");
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& file) {
    const std::string json = engine::cameraPathToJson(m_pathPanel->path());
    const auto done = writeFileAtomically(file.toStdString(), viewBytes(std::string_view(json)));
    if (!done) {
      emit noted(QString::fromStdString(done.error().message), true);
    }
  });
  dialog->open();
}

void CameraTools::openPath() {
  auto* dialog = new QFileDialog(&m_window, tr("Open a camera path"), {}, tr("Paths (*.json)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& name) {
    const auto file = MappedFile::open(name.toStdString());
    const auto read = file ? engine::cameraPathFromJson(viewText(file->bytes()))
                           : Result<engine::CameraPath>(tl::unexpected<Error>(file.error()));
    if (read) {
      m_pathPanel->setPath(*read);
    } else {
      emit noted(tr("%1: %2").arg(name, QString::fromStdString(read.error().message)), true);
    }
  });
  dialog->open();
}

}  // namespace volpress::studio
