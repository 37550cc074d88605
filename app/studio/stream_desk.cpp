#include "app/studio/stream_desk.hpp"

#include <utility>

#include <QDir>
#include <QFileInfo>
#include <QSettings>
#include <QTemporaryDir>
#include <QUrl>

#include "app/engine/folder_server.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/stream_export.hpp"
#include "app/engine/view_sets.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/picture_of.hpp"
#include "app/studio/stream_dialog.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

constexpr int kProgressMs = 100;
constexpr std::size_t kPictureWidth = 640, kPictureHeight = 360;

bool isClip(const Entry& entry) { return entry.moves() && entry.path.extension() == ".dgsv"; }

/// The clips of the active scene, itself among them.
std::vector<StreamChoice> choicesOf(const Document& document) {
  std::vector<StreamChoice> choices;
  const Entry* source = document.activeSource();
  for (const Entry& entry : document.entries()) {
    if (source == nullptr || !isClip(entry) ||
        (entry.id != source->id && entry.sourceId != source->id)) {
      continue;
    }
    const engine::ClipFacts& facts = entry.clip->facts();
    StreamChoice item;
    item.id = entry.id;
    item.name = entry.isSource() ? QString::fromStdString(entry.path.stem().string())
                                 : QStringLiteral("%1 %2").arg(
                                       QString::fromStdString(source->path.stem().string()),
                                       QString::fromStdString(entry.name));
    item.clip = entry.path;
    // The frames that it was encoded from, unless they were clips themselves.
    item.frames = entry.isSource() || isClip(*source) ? fs::path() : source->path;
    item.frameCount = facts.frameCount;
    item.framesPerSecond = facts.framesPerSecond;
    std::uint64_t bytes = 0;
    for (const engine::ClipPiece& piece : facts.pieces) {
      bytes += piece.bytes;
    }
    item.megabits = 8e-6 * static_cast<double>(bytes) * facts.framesPerSecond /
                    static_cast<double>(facts.frameCount);
    item.encodeSeconds = entry.evaluation ? entry.evaluation->encodeSeconds : 0;
    choices.push_back(std::move(item));
  }
  return choices;
}

struct Preview {
  Image picture;
  double megabits = 0;
  double psnr = 0;  ///< against the clip with all its layers; 0: it is that
};

/// A frame as people on a line of `megabits` see it.
Result<Preview> drawPreviewOf(const StreamChoice& choice, std::size_t frame, double megabits,
                              const fs::path& scratch, TaskContext& context) {
  VOLPRESS_TRY(const engine::OpenClip clip,
               engine::OpenClip::open(choice.clip, context.runner, context.stop));
  const auto rasterizer = renderer::makeSoftwareRasterizer(context.runner);
  VOLPRESS_TRY(const GaussianCloud first, clip.frame(0, context.runner, context.stop));
  const Camera camera = engine::homeCamera(first, kPictureWidth, kPictureHeight, *rasterizer);
  VOLPRESS_TRY(GaussianCloud whole, clip.frame(frame, context.runner, context.stop));
  Preview preview;
  VOLPRESS_TRY(preview.picture,
               engine::drawOverBackground(std::move(whole), camera, *rasterizer, context.stop));
  preview.megabits = engine::layerMegabits(clip, compressors::kMaxLayers);
  if (megabits <= 0 || megabits >= preview.megabits) {
    return preview;
  }
  VOLPRESS_TRY(const engine::TrialRung trial,
               engine::tryRung(clip, {choice.frames, {}}, megabits, frame, scratch, context.runner,
                               context.progress, context.stop));
  VOLPRESS_TRY(const engine::OpenClip made,
               engine::OpenClip::open(trial.clip, context.runner, context.stop));
  VOLPRESS_TRY(GaussianCloud seen, made.frame(trial.frameInClip, context.runner, context.stop));
  VOLPRESS_TRY(Image picture,
               engine::drawOverBackground(std::move(seen), camera, *rasterizer, context.stop));
  VOLPRESS_TRY(preview.psnr, metrics::psnr(preview.picture, picture));
  preview.picture = std::move(picture);
  preview.megabits = trial.megabits;
  return preview;
}

}  // namespace

StreamDesk::StreamDesk(QWidget& window)
    : QObject(&window),
      m_window(window),
      m_pictures(std::make_unique<Background>(this)),
      m_exports(std::make_unique<Background>(this)) {
  m_timer.setInterval(kProgressMs);
  connect(&m_timer, &QTimer::timeout, this, &StreamDesk::showProgress);
}

StreamDesk::~StreamDesk() {
  // Both may run long; they are asked to stop before either is waited for.
  m_pictures->cancelAll();
  m_exports->cancelAll();
}

bool StreamDesk::canExport(const Document& document) { return !choicesOf(document).empty(); }

void StreamDesk::open(const Document& document) {
  if (m_dialog != nullptr) {
    m_dialog->raise();
    return;
  }
  std::vector<StreamChoice> choices = choicesOf(document);
  if (choices.empty()) {
    emit noted(tr("Encode the moving scene first: its variants can be exported as video."), false);
    return;
  }
  const Entry* shown = document.side(1);
  const EntryId chosen = shown != nullptr ? shown->id : choices.front().id;
  const QString folder = QSettings().value("folders/export", QDir::homePath()).toString();
  m_dialog = new StreamDialog(std::move(choices), chosen, folder, &m_window);
  m_dialog->setAttribute(Qt::WA_DeleteOnClose);
  connect(m_dialog, &StreamDialog::previewWanted, this, &StreamDesk::drawPreview);
  connect(m_dialog, &StreamDialog::startWanted, this, &StreamDesk::start);
  connect(m_dialog, &StreamDialog::cancelWanted, this, [this] { m_exports->stopAll(); });
  connect(m_dialog, &StreamDialog::browserWanted, this, &StreamDesk::openInBrowser);
  connect(m_dialog, &StreamDialog::folderWanted, this, [this] {
    emit openWanted(QUrl::fromLocalFile(QString::fromStdString(m_written.string())));
  });
  connect(m_dialog, &QDialog::finished, this, [this] { m_pictures->cancelAll(); });
  m_dialog->open();
}

void StreamDesk::drawPreview() {
  if (m_dialog == nullptr) {
    return;
  }
  m_pictures->cancelAll();
  const StreamChoice choice = m_dialog->choice();
  const std::size_t frame = m_dialog->posterFrame();
  const double megabits = m_dialog->previewMegabits();
  m_pictures->run(
      "Drawing what people see",
      [choice, frame, megabits](TaskContext& context) -> Result<Preview> {
        const QTemporaryDir scratch;
        if (!scratch.isValid()) {
          return fail(ErrorCode::IoFailure, "there is no room for temporary files");
        }
        return drawPreviewOf(choice, frame, megabits, scratch.path().toStdString(), context);
      },
      [this, frame, megabits](const Result<Preview>& preview) {
        if (m_dialog == nullptr || m_dialog->posterFrame() != frame ||
            m_dialog->previewMegabits() != megabits) {
          return;  // another one was asked for
        }
        if (!preview) {
          if (preview.error().code != ErrorCode::Cancelled) {
            m_dialog->showPictureProblem(QString::fromStdString(preview.error().message));
          }
          return;
        }
        const bool misses = megabits > 0 && preview->megabits > megabits;
        QString words = preview->psnr > 0
                            ? tr("%1 Mbit/s, %2 against the whole clip")
                                  .arg(preview->megabits, 0, 'f', 1)
                                  .arg(QString::fromStdString(decibelText(preview->psnr)))
                            : tr("%1 Mbit/s: the clip as it is").arg(preview->megabits, 0, 'f', 1);
        if (misses) {
          words += tr("; the codec has nothing smaller, so this line is left out");
        }
        m_dialog->showPicture(pictureOf(preview->picture), words);
      });
}

void StreamDesk::start() {
  const StreamChoice& choice = m_dialog->choice();
  engine::StreamExportSpec spec;
  spec.clip = choice.clip;
  spec.folder = m_dialog->folder().toStdString();
  spec.title = m_dialog->title().toStdString();
  spec.split = m_dialog->split();
  spec.sound = m_dialog->sound().toStdString();
  spec.posterFrame = m_dialog->posterFrame();
  spec.ladder.frames = choice.frames;
  spec.ladder.megabits = m_dialog->rungs();
  m_pictures->cancelAll();
  QSettings().setValue("folders/export", QFileInfo(m_dialog->folder()).absolutePath());
  m_progress = std::make_shared<engine::StagedProgress>();
  m_timer.start();
  m_exports->run(
      "Exporting a clip",
      [spec, progress = m_progress](TaskContext& context) {
        return engine::exportStream(spec, context.runner, *progress, context.stop);
      },
      [this, spec](const Result<engine::StreamExportReport>& report) {
        m_timer.stop();
        const bool cancelled = !report && report.error().code == ErrorCode::Cancelled;
        QString text = cancelled ? tr("Cancelled; nothing was written.")
                       : !report ? QString::fromStdString(report.error().message)
                                 : tr("%1: %2 in %3 files")
                                       .arg(QString::fromStdString(spec.folder.string()))
                                       .arg(QString::fromStdString(
                                           sizeText(report->clipBytes + report->playerBytes)))
                                       .arg(report->files);
        if (report) {
          m_written = spec.folder;
          for (const std::string& note : report->ladder.notes) {
            text += "\n" + QString::fromStdString(note);
          }
        }
        if (m_dialog != nullptr) {
          m_dialog->showEnd(text, report.has_value(), !report && !cancelled);
        }
        emit noted(text, !report && !cancelled);
      });
}

void StreamDesk::showProgress() {
  if (m_dialog == nullptr || m_progress == nullptr) {
    return;
  }
  const Progress::Snapshot now = m_progress->snapshot();
  const QString stage = QString::fromStdString(now.stage);
  m_dialog->showProgress(
      now.fraction, now.detail.empty()
                        ? stage
                        : QStringLiteral("%1, %2").arg(stage, QString::fromStdString(now.detail)));
}

void StreamDesk::openInBrowser() {
  if (m_served != m_written) {
    serve(m_written);
  }
  if (!m_url.isEmpty()) {
    emit openWanted(QUrl(m_url));
  }
}

void StreamDesk::serve(const fs::path& folder) {
  m_server = {};  // ends the one before
  m_url.clear();
  engine::FolderServerOptions options;
  options.folder = folder;
  auto opened = engine::FolderServer::open(options);
  if (!opened) {
    emit noted(QString::fromStdString(opened.error().message), true);
    return;
  }
  m_served = folder;
  m_url = QString::fromStdString(opened->url());
  m_server =
      std::jthread([server = std::make_shared<engine::FolderServer>(std::move(*opened))](
                       const std::stop_token& stop) { static_cast<void>(server->run(stop)); });
  emit noted(tr("%1 shows the export until Volpress is closed.").arg(m_url), false);
}

}  // namespace volpress::studio
