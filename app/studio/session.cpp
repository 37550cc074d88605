#include "app/studio/session.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <system_error>
#include <utility>

#include <fmt/core.h>
#include <QCoreApplication>
#include <QDateTime>

#include "app/studio/display_text.hpp"
#include "compressors/codec.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

constexpr int kPollMs = 66;  // 15 times a second

fs::path makeResultsFolder(const fs::path& cache) {
  const std::string name =
      fmt::format("{}-{}", QDateTime::currentDateTime().toString("yyyyMMdd-HHmmss").toStdString(),
                  QCoreApplication::applicationPid());
  return cache / "results" / name;
}

/// Letters, digits, dot, dash and underscore stay; everything else becomes a dash.
std::string fileWord(const std::string& text) {
  std::string word;
  for (const char c : text) {
    const bool plain = std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_';
    if (plain) {
      word += c;
    } else if (!word.empty() && word.back() != '-') {
      word += '-';
    }
  }
  return word.empty() ? "scene" : word;
}

const ParamPreset* findPreset(const compressors::CodecInfo& info, const std::string& id) {
  const auto at = std::find_if(info.presets.begin(), info.presets.end(),
                               [&](const ParamPreset& preset) { return preset.id == id; });
  return at == info.presets.end() ? nullptr : &*at;
}

std::string variantName(const compressors::CodecInfo& info, const std::string& preset,
                        const ParamSet& overrides) {
  std::string name = info.label;
  if (const ParamPreset* chosen = findPreset(info, preset); chosen != nullptr) {
    name.append(" · ").append(chosen->label);
  }
  if (!overrides.empty()) {
    name.append(" (changed)");
  }
  return name;
}

}  // namespace

Session::Session(SessionPlaces places, QObject* parent)
    : QObject(parent),
      m_places(std::move(places)),
      m_results(makeResultsFolder(m_places.cache)),
      m_queue(m_places.program),
      m_background(this) {
  m_timer.setInterval(kPollMs);
  connect(&m_timer, &QTimer::timeout, this, &Session::poll);
  m_timer.start();
}

Session::~Session() = default;

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
  const fs::path path =
      m_places.cache / (kind == engine::SampleKind::Room ? "room.ply" : "sample.ply");
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
  const std::size_t splats = entry->splats();
  const unsigned degree = entry->cloud->shDegree;
  const std::uint64_t bytes = entry->fileBytes;
  for (const std::string& warning : entry->warnings) {
    emit noted(QString::fromStdString(what + ": " + warning), Tone::Warning);
  }
  const EntryId id = m_document.add(std::move(*entry));
  m_document.setSide(0, id);
  m_document.setSide(1, 0);
  emit noted(QString::fromStdString(fmt::format("Opened {}: {} splats, SH degree {}, {}.", what,
                                                countText(splats), degree, sizeText(bytes))),
             Tone::Plain);
  emit documentChanged();
  emit sourceOpened(id);
  emit sidesChanged();
}

void Session::closeSource(EntryId source) {
  for (const auto& [job, note] : m_notes) {
    if (note.source == source) {
      m_queue.cancel(job);
    }
  }
  m_document.remove(source);
  emit documentChanged();
  emit sidesChanged();
}

void Session::removeVariant(EntryId variant) {
  m_document.remove(variant);
  emit documentChanged();
  emit sidesChanged();
}

void Session::setSide(std::size_t index, EntryId entry) {
  m_document.setSide(index, entry);
  emit sidesChanged();
}

void Session::stepVariant(int step, std::size_t side) {
  if (const EntryId next = m_document.neighbour(step, side); next != 0) {
    setSide(side, next);
  }
}

void Session::swapSides() {
  const Entry* a = m_document.side(0);
  const Entry* b = m_document.side(1);
  if (a != nullptr && b != nullptr) {
    const EntryId left = a->id;
    const EntryId right = b->id;
    m_document.setSide(0, right);
    m_document.setSide(1, left);
    emit sidesChanged();
  }
}

fs::path Session::outputFor(const Entry& source, const std::string& codec,
                            const std::string& preset, const std::string& extension) {
  std::error_code ignored;
  fs::create_directories(m_results, ignored);
  const std::string stem = fileWord(fs::path(source.name).stem().string());
  return m_results / fmt::format("{}-{}{}{}-{}{}", stem, codec, preset.empty() ? "" : "-", preset,
                                 m_nextOutput++, extension);
}

void Session::addJob(const std::string& codec, const std::string& preset,
                     const ParamSet& overrides) {
  const Entry* source = m_document.activeSource();
  const compressors::Codec* found = compressors::findCodec(codec);
  if (source == nullptr || found == nullptr) {
    return;
  }
  const compressors::CodecInfo& info = found->info();
  engine::JobSpec spec;
  spec.input = source->path;
  spec.output = outputFor(*source, codec, preset, info.extension);
  spec.codec = codec;
  spec.views = m_views;
  spec.preset = preset;
  spec.overrides = overrides;
  spec.threads = m_jobThreads;
  const Result<std::uint64_t> id = m_queue.add(std::move(spec));
  if (!id) {
    emit noted(
        QString::fromStdString(fmt::format("Could not add {}. {}", info.label, id.error().message)),
        Tone::Warning);
    return;
  }
  m_notes[*id] = {source->id, variantName(info, preset, overrides), 0, false};
  poll();
}

void Session::compareThreeCodecs() {
  // A compact file of our own, a web format and a fast one: what artists weigh against each other.
  constexpr std::array kWanted{"lightgaussian", "sog", "spz"};
  std::size_t added = 0;
  std::set<std::string> used;
  for (const char* id : kWanted) {
    if (compressors::findCodec(id) != nullptr) {
      addJob(id, "", {});
      used.insert(id);
      ++added;
    }
  }
  for (const compressors::Codec* codec : compressors::allCodecs()) {
    if (added >= kWanted.size()) {
      break;
    }
    if (used.insert(codec->info().id).second) {
      addJob(codec->info().id, "", {});
      ++added;
    }
  }
}

void Session::cancelJob(std::uint64_t id) { m_queue.cancel(id); }

void Session::retryJob(std::uint64_t id) {
  m_queue.retry(id);
  if (const auto note = m_notes.find(id); note != m_notes.end()) {
    note->second.taken = false;
    note->second.logged = 0;
  }
}

void Session::removeJob(std::uint64_t id) { m_queue.remove(id); }

void Session::poll() {
  const bool active = m_background.activity().has_value();
  if (active || m_wasActive) {
    m_wasActive = active;
    emit activityChanged();
  }
  const std::uint64_t revision = m_queue.revision();
  if (revision == m_revision) {
    return;
  }
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
}

void Session::takeFinished(const engine::JobStatus& job) {
  JobNote& note = m_notes.at(job.id);
  switch (job.state) {
    case engine::JobState::Queued:
    case engine::JobState::Running:
    case engine::JobState::Pausing:
    case engine::JobState::Paused:
    case engine::JobState::Interrupted: return;
    case engine::JobState::Cancelled: note.taken = true; return;
    case engine::JobState::Failed:
      note.taken = true;
      emit noted(QString::fromStdString(fmt::format("{} failed: {}\nTo repeat it: {}", note.name,
                                                    job.error, job.commandLine)),
                 Tone::Warning);
      return;
    case engine::JobState::Done: break;
  }
  note.taken = true;
  if (m_document.find(note.source) == nullptr) {
    return;  // its scene was closed meanwhile
  }
  const fs::path path = job.spec.output;
  m_background.run(
      "Reading " + note.name, [path](TaskContext& context) { return decodeResult(path, context); },
      [this, job, name = note.name](Result<std::shared_ptr<const GaussianCloud>> cloud) {
        if (!cloud) {
          emit noted(QString::fromStdString(fmt::format("{} is done, but cannot be shown. {}", name,
                                                        cloud.error().message)),
                     Tone::Warning);
          return;
        }
        addVariant(job, std::move(*cloud));
      });
}

void Session::addVariant(const engine::JobStatus& job, std::shared_ptr<const GaussianCloud> cloud) {
  const auto note = m_notes.find(job.id);
  if (note == m_notes.end() || m_document.find(note->second.source) == nullptr) {
    return;
  }
  const EntryId source = note->second.source;
  Entry entry;
  entry.sourceId = source;
  entry.name = m_document.freeName(source, note->second.name);
  entry.path = job.spec.output;
  entry.cloud = std::move(cloud);
  entry.codecId = job.spec.codec;
  const compressors::Codec* codec = compressors::findCodec(job.spec.codec);
  entry.codecLabel = codec == nullptr ? job.spec.codec : codec->info().label;
  entry.jobId = job.id;
  entry.evaluation = job.evaluation;
  if (job.evaluation) {
    entry.fileBytes = job.evaluation->fileBytes;
    entry.breakdown = job.evaluation->breakdown;
  }
  const EntryId id = m_document.add(std::move(entry));
  emit documentChanged();
  const Entry* active = m_document.activeSource();
  if (active != nullptr && active->id == source && m_document.side(1) == nullptr) {
    setSide(1, id);
  }
}

void Session::exportVariant(EntryId entryId, const fs::path& target) {
  const Entry* entry = m_document.find(entryId);
  if (entry == nullptr) {
    return;
  }
  m_background.run(
      "Exporting " + entry->name,
      [entry = *entry, target](TaskContext& context) {
        return exportEntry(entry, target, context);
      },
      [this, target](const Result<ExportReport>& report) {
        if (!report) {
          emit noted(QString::fromStdString(fmt::format("Could not export to {}. {}",
                                                        target.string(), report.error().message)),
                     Tone::Warning);
          return;
        }
        emit noted(QString::fromStdString(fmt::format("Exported {}: {}, {} splats read back.",
                                                      target.string(), sizeText(report->bytes),
                                                      countText(report->splats))),
                   Tone::Plain);
        emit exported(QString::fromStdString(target.string()));
      });
}

void Session::pick(const Camera& camera, float x, float y) {
  const Entry* source = m_document.activeSource();
  if (source == nullptr) {
    return;
  }
  m_background.run(
      "Focusing",
      [cloud = source->cloud, camera, x, y](TaskContext&) {
        return pickPoint(*cloud, camera, x, y);
      },
      [this](std::optional<Vec3> point) {
        if (point) {
          emit picked(*point);
        }
      });
}

}  // namespace volpress::studio
