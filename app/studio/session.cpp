#include "app/studio/session.hpp"

#include <algorithm>
#include <utility>

#include <fmt/core.h>

#include "app/engine/mesh_import.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/document_edits.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

constexpr int kPollMs = 66;  // 15 times a second
constexpr int kEditDelayMs = 40;

std::optional<engine::SessionFolder> openSession(const fs::path& cache) {
  auto session = engine::SessionFolder::open(cache / "sessions");
  return session ? std::optional(*std::move(session)) : std::nullopt;
}

}  // namespace

Session::Session(SessionPlaces places, QObject* parent)
    : QObject(parent),
      m_places(std::move(places)),
      m_session(openSession(m_places.cache)),
      m_results(m_session ? m_session->results() : m_places.cache / "results"),
      m_queue(m_places.program, {}, m_session ? m_session->queue() : fs::path()),
      m_previews(this),
      m_editing(this),
      m_background(this) {
  engine::readMeshesApart(m_places.program);
  if (m_session) {
    m_copy = std::make_unique<engine::WorkingCopyWriter>(m_session->workingCopy());
  }
  m_timer.setInterval(kPollMs);
  connect(&m_timer, &QTimer::timeout, this, &Session::poll);
  m_timer.start();
  m_editDelay.setSingleShot(true);
  m_editDelay.setInterval(kEditDelayMs);
  connect(&m_editDelay, &QTimer::timeout, this, &Session::startEdits);
  // Once the window listens.
  QMetaObject::invokeMethod(this, &Session::goOnWithLeft, Qt::QueuedConnection);
}

Session::~Session() {
  keepWorkingCopy();
  m_copy.reset();
  const bool nothing = m_document.entries().empty() && m_projectFile.empty();
  if (m_session && (m_leaving == Leaving::Discard || nothing)) {
    cancelAllJobs();
    m_session->discard();
  }
}

bool Session::hasRunningJobs() const {
  return std::any_of(m_jobs.begin(), m_jobs.end(),
                     [](const engine::JobStatus& job) { return engine::isPending(job.state); });
}

std::optional<Background::Activity> Session::activity() const { return m_background.activity(); }

void Session::openFile(const fs::path& path) {
  const std::string name = path.filename().string();
  m_background.run(
      "Opening " + name, [path](TaskContext& context) { return openScene(path, context); },
      [this, name](Result<Entry> entry) { opened(std::move(entry), name); });
}

void Session::openSample(engine::SampleKind kind) {
  const fs::path path = m_places.cache / (kind == engine::SampleKind::Room     ? "room.ply"
                                          : kind == engine::SampleKind::Figure ? "figure"
                                                                               : "sample.ply");
  m_background.run(
      "Making the sample",
      [kind, path](TaskContext& context) { return makeSample(kind, path, context); },
      [this](Result<Entry> entry) { opened(std::move(entry), "the sample"); });
}

void Session::opened(Result<Entry> entry, const std::string& what) {
  if (!entry) {
    emit noted(
        QString::fromStdString(fmt::format("Could not open {}. {}", what, entry.error().message)),
        Tone::Warning);
    return;
  }
  const std::string contents =
      entry->model != nullptr
          ? entry->contents()
          : fmt::format("{}, SH degree {}", entry->contents(), entry->cloud->shDegree);
  const std::uint64_t bytes = entry->fileBytes;
  for (const std::string& warning : entry->warnings) {
    emit noted(QString::fromStdString(fmt::format("{}: {}", what, warning)), Tone::Warning);
  }
  if (!perform(addSourceEdit(m_document, std::move(*entry)))) {
    return;
  }
  const EntryId id = m_document.sides()[0];
  const Entry* added = m_document.find(id);
  const std::string moving =
      added->moves() ? fmt::format("{} frames of ", countText(added->clip->facts().frameCount))
                     : std::string();
  emit noted(QString::fromStdString(
                 fmt::format("Opened {}: {}{}, {}.", what, moving, contents, sizeText(bytes))),
             Tone::Plain);
  emit sourceOpened(id);
}

void Session::closeSource(EntryId source) {
  std::vector<std::uint64_t> itsJobs;
  for (auto& [job, note] : m_notes) {
    if (note.source == source) {
      itsJobs.push_back(job);
      dropPreview(note);  // undo brings back what has a file
    }
  }
  m_queue.cancel(itsJobs);
  perform(removeSourceEdit(m_document, source));
}

void Session::removeVariant(EntryId variant) {
  const Entry* entry = m_document.find(variant);
  if (entry != nullptr && entry->isPreview()) {
    m_document.remove(variant);  // nothing that could be put back; its job goes on unseen
    told();
    return;
  }
  perform(trashEdit(m_document, {variant}));
}

void Session::setSide(std::size_t index, EntryId entry) {
  m_document.setSide(index, entry);
  m_unkept = true;
  loadShown();
  emit sidesChanged();
}

void Session::putBeside(std::size_t index, EntryId entry) {
  m_document.putBeside(index, entry);
  m_unkept = true;
  loadShown();
  emit sidesChanged();
}

void Session::stepVariant(int step, std::size_t side) {
  if (const EntryId next = m_document.neighbour(step, side); next != 0) {
    putBeside(side, next);
  }
}

void Session::swapSides() {
  const Entry* a = m_document.side(0);
  const Entry* b = m_document.side(1);
  if (a != nullptr && b != nullptr) {
    Document::Sides sides = m_document.sides();
    std::swap(sides[0], sides[1]);
    m_document.setSides(sides);
    emit sidesChanged();
  }
}

void Session::poll() {
  const bool active = m_background.activity().has_value();
  if (active || m_wasActive) {
    m_wasActive = active;
    emit activityChanged();
  }
  keepWorkingCopy();
  takePreviews();
  const std::uint64_t revision = m_queue.revision();
  if (revision == m_revision) {
    return;
  }
  const bool pendingBefore = hasRunningJobs();
  m_revision = revision;
  m_jobs = m_queue.jobs();
  for (const engine::JobStatus& job : m_jobs) {
    const auto at = m_notes.find(job.id);
    if (at == m_notes.end()) {
      continue;
    }
    JobNote& note = at->second;
    for (; note.logged < job.log.size(); ++note.logged) {
      emit noted(QString::fromStdString(note.name + ": " + job.log[note.logged]), Tone::Plain);
    }
    if (!note.taken) {
      takeFinished(job);
    }
  }
  emit jobsChanged();
  watchQueueEnd(pendingBefore);
}

void Session::pick(const Camera& camera, float x, float y) {
  const Entry* source = m_document.activeSource();
  if (source == nullptr || !source->isLoaded()) {
    return;
  }
  m_background.run(
      "Focusing",
      [scene = source->drawn(), camera, x, y](TaskContext&) {
        return scene.model != nullptr ? scene.model->surfaceUnder(camera, x, y)
                                      : pickPoint(*scene.cloud, camera, x, y);
      },
      [this](std::optional<Vec3> point) {
        if (point) {
          emit picked(*point);
        }
      });
}

}  // namespace volpress::studio
