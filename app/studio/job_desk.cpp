#include "app/studio/job_desk.hpp"

#include <algorithm>
#include <utility>

#include <QApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QInputDialog>
#include <QLineEdit>
#include <QMainWindow>
#include <QProcess>
#include <QSettings>

#include "app/studio/desktop_notice.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/inspector_panel.hpp"
#include "app/studio/queue_panel.hpp"
#include "app/studio/session.hpp"
#include "app/studio/sweep_dialog.hpp"
#include "scene/formats/posed_images_reader.hpp"

namespace volpress::studio {
namespace {

constexpr int kEstimateDelayMs = 30;
constexpr std::size_t kLongestSide = 1600;  // of a photograph, as 3DGS trains

QString estimateText(const engine::Estimate& estimate) {
  const auto error = static_cast<std::uint64_t>(estimate.bytes * estimate.bytesError);
  QString text =
      QObject::tr("~%1 ± %2")
          .arg(QString::fromStdString(sizeText(static_cast<std::uint64_t>(estimate.bytes))),
               QString::fromStdString(sizeText(error)));
  if (estimate.psnr) {
    text += QObject::tr("     ~%1 ± %2 dB")
                .arg(*estimate.psnr, 0, 'f', 0)
                .arg(estimate.psnrError, 0, 'g', 2);
  }
  return text;
}

}  // namespace

JobDesk::JobDesk(Session& session, InspectorPanel& inspector, QueuePanel& queue,
                 QMainWindow& window, std::filesystem::path presetFolder)
    : QObject(&window),
      m_session(session),
      m_inspector(inspector),
      m_queue(queue),
      m_window(window),
      m_presets(std::move(presetFolder)),
      m_checking(this),
      m_estimating(this) {
  connectQueue();
  connectPresets();
  connect(&m_session, &Session::projectOpened, this, &JobDesk::projectOpened);
  connect(&m_session, &Session::queueEnded, this, &JobDesk::queueEnded);
  connect(&m_inspector, &InspectorPanel::addWanted, this, &JobDesk::addFromInspector);
  connect(&m_inspector, &InspectorPanel::photosWanted, this, &JobDesk::choosePhotos);
  connect(&m_inspector, &InspectorPanel::noPhotosWanted, this, [this] {
    if (const Entry* source = m_session.document().activeSource()) {
      takePhotos(source->id, {});
    }
  });
  m_queue.showLimits(m_session.queue().limits());
  showPresets();
  m_estimateSoon.setSingleShot(true);
  m_estimateSoon.setInterval(kEstimateDelayMs);
  connect(&m_estimateSoon, &QTimer::timeout, this, &JobDesk::estimate);
  const auto soon = [this] { m_estimateSoon.start(); };
  connect(&m_inspector, &InspectorPanel::settingsChanged, this, soon);
  connect(&m_session, &Session::documentChanged, this, soon);
  connect(&m_session, &Session::sidesChanged, this, soon);
}

void JobDesk::connectQueue() {
  Session* session = &m_session;
  connect(&m_queue, &QueuePanel::cancelWanted, session, &Session::cancelJob);
  connect(&m_queue, &QueuePanel::retryWanted, session, &Session::retryJob);
  connect(&m_queue, &QueuePanel::removeWanted, session, &Session::removeJob);
  connect(&m_queue, &QueuePanel::pauseWanted, this,
          [this](std::uint64_t id) { m_session.queue().pause(id); });
  connect(&m_queue, &QueuePanel::resumeWanted, this,
          [this](std::uint64_t id) { m_session.queue().resume(id); });
  connect(&m_queue, &QueuePanel::pauseAllWanted, this, [this] { m_session.queue().pauseAll(); });
  connect(&m_queue, &QueuePanel::resumeAllWanted, this, [this] { m_session.queue().resumeAll(); });
  connect(&m_queue, &QueuePanel::upWanted, this,
          [this](std::uint64_t id) { m_session.queue().moveUp(id); });
  connect(&m_queue, &QueuePanel::downWanted, this,
          [this](std::uint64_t id) { m_session.queue().moveDown(id); });
  connect(&m_queue, &QueuePanel::moveWanted, this,
          [this](std::uint64_t id, std::size_t place) { m_session.queue().moveTo(id, place); });
  connect(&m_queue, &QueuePanel::limitsWanted, this,
          [this](engine::QueueLimits limits) { m_session.queue().setLimits(limits); });
  connect(&m_queue, &QueuePanel::editWanted, this,
          [this](std::uint64_t id) { startEdit(id, false); });
  connect(&m_queue, &QueuePanel::duplicateWanted, this,
          [this](std::uint64_t id) { startEdit(id, true); });
}

void JobDesk::connectPresets() {
  connect(&m_inspector, &InspectorPanel::savePresetWanted, this, &JobDesk::saveAsPreset);
  connect(&m_inspector, &InspectorPanel::importPresetWanted, this, &JobDesk::importPreset);
  connect(&m_inspector, &InspectorPanel::exportPresetWanted, this, &JobDesk::exportPreset);
  connect(&m_inspector, &InspectorPanel::deletePresetWanted, this, &JobDesk::deletePreset);
  connect(&m_inspector, &InspectorPanel::defaultWanted, this, &JobDesk::useAsDefault);
}

void JobDesk::tell(const QString& text, bool warning) {
  emit m_session.noted(text, warning ? Session::Tone::Warning : Session::Tone::Plain);
}

void JobDesk::addFromInspector() {
  const Session::JobSettings settings{m_inspector.codec(), m_inspector.preset(),
                                      m_inspector.overrides(), m_inspector.target()};
  if (m_inspector.edited() == 0) {
    m_session.addJob(settings);
  } else if (m_session.editJob(m_inspector.edited(), settings)) {
    m_inspector.setEdited(0, {});
  }
}

void JobDesk::choosePhotos() {
  const Entry* source = m_session.document().activeSource();
  if (source == nullptr) {
    return;
  }
  auto* dialog = new QFileDialog(&m_window, tr("Photographs of the scene"),
                                 QSettings().value("folders/photographs").toString());
  dialog->setObjectName("photosDialog");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::Directory);
  connect(dialog, &QFileDialog::fileSelected, this, [this, id = source->id](const QString& path) {
    QSettings().setValue("folders/photographs", QFileInfo(path).absolutePath());
    engine::PhotoOptions photos;
    photos.dataset = path.toStdString();
    photos.longestSide = kLongestSide;
    // A wrong folder shall be told now, not by a job in an hour.
    m_checking.run(
        "Reading the cameras of the photographs",
        [photos](TaskContext&) { return formats::readPosedImages(photos.dataset); },
        [this, id, photos](const Result<PosedImages>& posed) {
          if (!posed) {
            tell(tr("These photographs cannot be used. %1")
                     .arg(QString::fromStdString(posed.error().message)),
                 true);
            return;
          }
          tell(tr("Codecs that fine-tune learn from %n photograph(s) from now on.", nullptr,
                  static_cast<int>(posed->images.size())));
          takePhotos(id, photos);
        });
  });
  dialog->open();
}

void JobDesk::takePhotos(std::uint64_t source, const engine::PhotoOptions& photos) {
  m_session.setExtra(
      source, kPhotosExtra, engine::photosToText(photos),
      photos.dataset.empty() ? "Learn from no photographs" : "Learn from photographs");
}

void JobDesk::openSweep() {
  const Entry* source = m_session.document().activeSource();
  if (source == nullptr) {
    return;
  }
  auto* dialog = new SweepDialog(
      source->kind(), {m_inspector.codec(), m_inspector.preset(), m_inspector.overrides(), {}},
      &m_window);
  connect(dialog, &SweepDialog::jobsWanted, this,
          [this](const std::vector<Session::JobSettings>& jobs) {
            for (const Session::JobSettings& job : jobs) {
              m_session.addJob(job);
            }
          });
  dialog->open();
}

void JobDesk::startEdit(std::uint64_t id, bool asNew) {
  const auto& jobs = m_session.jobs();
  const auto at =
      std::find_if(jobs.begin(), jobs.end(), [id](const auto& job) { return job.id == id; });
  if (at == jobs.end()) {
    return;
  }
  m_inspector.setSettings(at->spec.codec, at->spec.preset, at->spec.overrides, at->spec.target);
  m_inspector.setEdited(asNew ? 0 : id, QString::fromStdString(at->spec.title));
  if (asNew) {
    tell(tr("The inspector has the settings of %1: change them and press Add to queue.")
             .arg(QString::fromStdString(at->spec.title)));
  }
}

void JobDesk::showPresets() {
  engine::PresetStore::Listing listing = m_presets.list();
  for (const std::string& problem : listing.problems) {
    tell(tr("A preset cannot be read. %1").arg(QString::fromStdString(problem)), true);
  }
  for (const engine::SharedPreset& preset : m_session.project().presets) {
    const bool known = std::any_of(listing.presets.begin(), listing.presets.end(),
                                   [&](const auto& one) { return one.name == preset.name; });
    if (!known) {
      listing.presets.push_back(preset);
    }
  }
  m_inspector.setPresets(std::move(listing.presets));
}

void JobDesk::saveAsPreset() {
  auto* dialog = new QInputDialog(&m_window);
  dialog->setObjectName("presetName");
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setWindowTitle(tr("Save as preset"));
  dialog->setLabelText(tr("Name of the preset"));
  if (const engine::SharedPreset* chosen = m_inspector.chosenPreset()) {
    dialog->setTextValue(QString::fromStdString(chosen->name));
  }
  connect(dialog, &QInputDialog::textValueSelected, this, [this](const QString& text) {
    const std::string name = text.trimmed().toStdString();
    const engine::SharedPreset preset = m_inspector.asPreset(name);
    if (auto saved = m_presets.save(preset); !saved) {
      tell(tr("The preset was not saved. %1").arg(QString::fromStdString(saved.error().message)),
           true);
      return;
    }
    // It travels with the project, too.
    m_session.changeProject([&](engine::Project& project) {
      std::erase_if(project.presets, [&](const auto& one) { return one.name == name; });
      project.presets.push_back(preset);
    });
    showPresets();
    tell(tr("Saved the preset %1.").arg(text.trimmed()));
  });
  dialog->open();
}

void JobDesk::importPreset() {
  auto* dialog =
      new QFileDialog(&m_window, tr("Import a preset"),
                      QSettings().value("folders/preset").toString(), tr("Presets (*.json)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setFileMode(QFileDialog::ExistingFile);
  connect(dialog, &QFileDialog::fileSelected, this, [this](const QString& path) {
    const auto imported = m_presets.import(path.toStdString());
    if (!imported) {
      tell(tr("The preset was not imported. %1")
               .arg(QString::fromStdString(imported.error().message)),
           true);
      return;
    }
    showPresets();
    tell(tr("Imported the preset %1.").arg(QString::fromStdString(imported->name)));
  });
  dialog->open();
}

void JobDesk::exportPreset() {
  const engine::SharedPreset* chosen = m_inspector.chosenPreset();
  if (chosen == nullptr) {
    return;
  }
  auto* dialog =
      new QFileDialog(&m_window, tr("Export the preset"),
                      QSettings().value("folders/preset").toString(), tr("Presets (*.json)"));
  dialog->setAttribute(Qt::WA_DeleteOnClose);
  dialog->setAcceptMode(QFileDialog::AcceptSave);
  dialog->setDefaultSuffix("json");
  dialog->selectFile(QString::fromStdString(chosen->name) + ".json");
  connect(dialog, &QFileDialog::fileSelected, this, [this, preset = *chosen](const QString& path) {
    if (auto saved = engine::savePreset(preset, path.toStdString()); !saved) {
      tell(tr("The preset was not exported. %1").arg(QString::fromStdString(saved.error().message)),
           true);
    } else {
      tell(tr("Exported the preset to %1.").arg(path));
    }
  });
  dialog->open();
}

void JobDesk::deletePreset() {
  const engine::SharedPreset* chosen = m_inspector.chosenPreset();
  if (chosen == nullptr) {
    return;
  }
  const std::string name = chosen->name;
  static_cast<void>(m_presets.remove(name));  // one of the project's has no file
  m_session.changeProject([&](engine::Project& project) {
    std::erase_if(project.presets, [&](const auto& one) { return one.name == name; });
  });
  showPresets();
}

void JobDesk::useAsDefault() {
  m_session.changeProject([this](engine::Project& project) {
    project.defaultCodec = m_inspector.codec();
    project.defaultPreset = m_inspector.preset();
  });
  tell(tr("This project starts with these settings from now on."));
}

void JobDesk::projectOpened() {
  const engine::Project& project = m_session.project();
  m_inspector.setEdited(0, {});
  showPresets();
  if (!project.defaultCodec.empty()) {
    m_inspector.setSettings(project.defaultCodec, project.defaultPreset, {}, {});
  }
  m_queue.showLimits(m_session.queue().limits());
}

std::vector<engine::KnownResult> JobDesk::knownResults() const {
  std::vector<engine::KnownResult> known;
  const Entry* source = m_session.document().activeSource();
  if (source == nullptr) {
    return known;
  }
  for (const Entry* variant : m_session.document().variantsOf(source->id)) {
    const compressors::Codec* codec = compressors::findCodec(variant->codecId);
    if (codec == nullptr || !variant->evaluation) {
      continue;
    }
    ParamSet given = variant->overrides;
    for (const auto& [id, value] : variant->evaluation->settled) {
      given[id] = value;
    }
    if (auto params = compressors::resolveParams(codec->info(), variant->preset, given)) {
      known.push_back({variant->codecId, *std::move(params), variant->evaluation->fileBytes,
                       variant->evaluation->meanPsnr()});
    }
  }
  return known;
}

void JobDesk::estimate() {
  const Entry* source = m_session.document().activeSource();
  const compressors::Codec* codec = compressors::findCodec(m_inspector.codec());
  const std::uint64_t round = ++m_round;
  m_estimating.cancelAll();
  auto params = codec == nullptr ? Result<ParamSet>(ParamSet())
                                 : compressors::resolveParams(codec->info(), m_inspector.preset(),
                                                              m_inspector.overrides());
  // A target says itself what comes out.
  if (source == nullptr || !source->isLoaded() || !source->isStillSplats() || codec == nullptr ||
      !params || m_inspector.target()) {
    m_inspector.showEstimate({}, {});
    return;
  }
  using Answer = Result<engine::Estimate>;
  m_estimating.run(
      "Estimating",
      [sampled = m_sampled, cloud = source->shown(), codec, params = *std::move(params),
       known = knownResults()](TaskContext& context) -> Answer {
        if (sampled->cloud != cloud) {
          sampled->estimator.reset();
          VOLPRESS_TRY(sampled->estimator,
                       engine::Estimator::make(cloud, context.runner, context.stop));
          sampled->cloud = cloud;
        }
        return sampled->estimator->estimate(*codec, params, known, context.stop);
      },
      [this, round](const Answer& answer) {
        if (round != m_round) {
          return;
        }
        if (!answer) {
          m_inspector.showEstimate({}, {});
          return;
        }
        const QString basis =
            answer->known > 0
                ? tr("Estimated from a sample of the splats, corrected by %n result(s) of this "
                     "codec.",
                     nullptr, static_cast<int>(answer->known))
                : tr("Estimated from a sample of the splats; results of this codec make it "
                     "better.");
        m_inspector.showEstimate(estimateText(*answer), basis);
      });
}

void JobDesk::queueEnded(const QString& summary) {
  tell(tr("The queue has ended: %1.").arg(summary));
  if (QApplication::activeWindow() == nullptr) {
    notifyDesktop(tr("The queue has ended"), summary);
  }
  switch (m_queue.whenDone()) {
    case WhenDone::Nothing: break;
    case WhenDone::Sound: QApplication::beep(); break;
    case WhenDone::Sleep:
      if (!QProcess::startDetached("systemctl", {"suspend"})) {
        tell(tr("This computer could not be put to sleep: systemctl is not there."), true);
      }
      break;
    case WhenDone::Command: {
      const QString command = m_queue.whenDoneCommand();
      if (!command.isEmpty() && !QProcess::startDetached("/bin/sh", {"-c", command})) {
        tell(tr("The command could not be started: %1").arg(command), true);
      }
      break;
    }
  }
}

}  // namespace volpress::studio
