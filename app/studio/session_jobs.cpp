// The session's jobs: adding them, and taking what they made.
#include <algorithm>
#include <cctype>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "app/engine/target_search.hpp"
#include "app/studio/codec_cards.hpp"
#include "app/studio/display_text.hpp"
#include "app/studio/session.hpp"
#include "compressors/codec.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

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

std::string variantName(const compressors::CodecInfo& info, const Session::JobSettings& settings) {
  std::string name = info.label;
  if (const ParamPreset* chosen = findPreset(info, settings.preset); chosen != nullptr) {
    name.append(" · ").append(chosen->label);
  }
  if (!settings.overrides.empty()) {
    name.append(" (changed)");
  }
  if (settings.target) {
    name.append(" · ").append(
        engine::describeTarget(settings.target->kind, settings.target->value));
  }
  return name;
}

}  // namespace

fs::path Session::outputFor(const Entry& source, const std::string& codec,
                            const std::string& preset, const std::string& extension) {
  std::error_code ignored;
  fs::create_directories(m_results, ignored);
  const std::string stem = fileWord(fs::path(source.name).stem().string());
  const auto taken = [this](const fs::path& path) {
    std::error_code code;
    return fs::exists(path, code) ||
           std::any_of(m_jobs.begin(), m_jobs.end(),
                       [&](const engine::JobStatus& job) { return job.spec.output == path; });
  };
  while (true) {
    fs::path path =
        m_results / fmt::format("{}-{}{}{}-{}{}", stem, codec, preset.empty() ? "" : "-", preset,
                                m_nextOutput++, extension);
    if (!taken(path)) {
      return path;
    }
  }
}

std::string Session::viewsFor(const Entry& source) const {
  // Views from the inside, and those of a file, are of one scene of splats.
  const bool fits = source.kind() == engine::SceneKind::Splats ||
                    source.kind() == engine::SceneKind::MovingSplats ||
                    m_project.views.starts_with("orbit:");
  return fits ? m_project.views : "auto";
}

Result<engine::JobSpec> Session::specFor(const JobSettings& settings, const Entry& source) {
  const compressors::CodecInfo* card = codecCard(settings.codec);
  if (card == nullptr) {
    return fail(ErrorCode::InvalidParameter, "there is no codec {}", settings.codec);
  }
  const compressors::CodecInfo& info = *card;
  if (settings.target && info.qualityKnob.empty()) {
    return fail(ErrorCode::InvalidParameter,
                "{} has no quality knob, so it cannot be steered to a size or quality", info.label);
  }
  engine::JobSpec spec;
  spec.input = source.path;
  spec.codec = settings.codec;
  spec.preset = settings.preset;
  spec.overrides = settings.overrides;
  spec.target = settings.target;
  spec.views = viewsFor(source);
  spec.edits = activeEdits(source.edits);
  if (info.learnsFromPhotos) {
    spec.photos = source.photos();
  }
  spec.threads = m_jobThreads;
  spec.previewSeconds = m_previewSeconds;
  spec.owner = source.id;
  spec.title = settings.name.empty() ? variantName(info, settings) : settings.name;
  spec.output = outputFor(source, settings.codec, settings.preset, info.extension);
  return spec;
}

void Session::setViews(const std::string& spec) {
  if (m_project.views == spec) {
    return;  // what changes nothing leaves the project as it was saved
  }
  changeProject([&spec](engine::Project& project) { project.views = spec; });
}

Session::JobSettings Session::settingsOf(const engine::JobSpec& spec) {
  return {spec.codec, spec.preset, spec.overrides, spec.target};
}

void Session::addJob(const JobSettings& settings) {
  const Entry* source = m_document.activeSource();
  if (source == nullptr) {
    return;
  }
  auto spec = specFor(settings, *source);
  const JobNote note{source->id, spec ? spec->title : std::string(), 0, false};
  const Result<std::uint64_t> id = std::move(spec).and_then(
      [this](engine::JobSpec wanted) { return m_queue.add(std::move(wanted)); });
  if (!id) {
    emit noted(QString::fromStdString(fmt::format("Could not add the job: {}", id.error().message)),
               Tone::Warning);
    return;
  }
  m_notes[*id] = note;
  poll();
}

bool Session::editJob(std::uint64_t id, const JobSettings& settings) {
  const auto note = m_notes.find(id);
  const Entry* source = note == m_notes.end() ? nullptr : m_document.find(note->second.source);
  if (source == nullptr) {
    return false;
  }
  auto spec = specFor(settings, *source);
  const std::string title = spec ? spec->title : std::string();
  const Result<void> done =
      spec ? m_queue.edit(id, *std::move(spec)) : Result<void>(tl::unexpected<Error>(spec.error()));
  if (!done) {
    emit noted(
        QString::fromStdString(fmt::format("The job was not changed: {}", done.error().message)),
        Tone::Warning);
    return false;
  }
  note->second.name = title;
  poll();
  return true;
}

void Session::compareThreeCodecs() {
  if (const Entry* source = m_document.activeSource()) {
    for (const std::string& codec : comparedCodecs(source->kind())) {
      addJob(codec, "", {});
    }
  }
}

void Session::cancelJob(std::uint64_t id) { m_queue.cancel(id); }

std::vector<std::uint64_t> Session::cancelAllJobs() {
  std::vector<std::uint64_t> ids;
  for (const engine::JobStatus& job : m_queue.jobs()) {
    ids.push_back(job.id);
  }
  m_queue.cancel(ids);
  return ids;
}

void Session::retryJob(std::uint64_t id) {
  m_queue.retry(id);
  if (const auto note = m_notes.find(id); note != m_notes.end()) {
    note->second.taken = false;
    note->second.logged = 0;
    note->second.preview = 0;
    note->second.looked.clear();
  }
}

void Session::removeJob(std::uint64_t id) { m_queue.remove(id); }

void Session::takeFinished(const engine::JobStatus& job) {
  JobNote& note = m_notes.at(job.id);
  switch (job.state) {
    case engine::JobState::Queued:
    case engine::JobState::Running:
    case engine::JobState::Pausing:
    case engine::JobState::Paused:
    case engine::JobState::Interrupted: return;
    case engine::JobState::Cancelled:
      note.taken = true;
      dropPreview(note);
      return;
    case engine::JobState::Failed:
      note.taken = true;
      dropPreview(note);
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
      [this, job, name = note.name](Result<DecodedResult> result) {
        if (!result) {
          if (const auto at = m_notes.find(job.id); at != m_notes.end()) {
            dropPreview(at->second);
          }
          emit noted(QString::fromStdString(fmt::format("{} is done, but cannot be shown. {}", name,
                                                        result.error().message)),
                     Tone::Warning);
          return;
        }
        addVariant(job, *std::move(result));
      });
}

Entry Session::variantOf(const engine::JobStatus& job, EntryId source, DecodedResult result) {
  Entry entry;
  entry.sourceId = source;
  entry.name = m_document.freeName(source, job.spec.title);
  entry.path = job.spec.output;
  entry.cloud = std::move(result.cloud);
  entry.clip = std::move(result.clip);
  entry.native = std::move(result.native);
  entry.model = std::move(result.model);
  entry.fileKind = m_document.find(source)->fileKind;
  entry.codecId = job.spec.codec;
  entry.preset = job.spec.preset;
  entry.overrides = job.spec.overrides;
  const compressors::CodecInfo* card = codecCard(job.spec.codec);
  entry.codecLabel = card == nullptr ? job.spec.codec : card->label;
  entry.jobId = job.id;
  entry.edits = job.spec.edits;
  entry.evaluation = job.evaluation;
  if (job.evaluation) {
    entry.fileBytes = job.evaluation->fileBytes;
    entry.breakdown = job.evaluation->breakdown;
  }
  return entry;
}

void Session::addVariant(const engine::JobStatus& job, DecodedResult result) {
  const auto note = m_notes.find(job.id);
  if (note == m_notes.end() || m_document.find(note->second.source) == nullptr) {
    return;
  }
  const EntryId source = note->second.source;
  Entry entry = variantOf(job, source, std::move(result));
  EntryId id = note->second.preview;
  if (Entry* preview = m_document.find(id) == nullptr ? nullptr : m_document.edit(id)) {
    // The result stands where its preview stood, under the name and with the words it was given.
    entry.id = id;
    entry.name = preview->name;
    entry.note = preview->note;
    entry.starred = preview->starred;
    entry.extras = std::move(preview->extras);
    *preview = std::move(entry);
    emit sidesChanged();
  } else {
    id = m_document.add(std::move(entry));
  }
  m_undo.touch();
  m_unkept = true;
  emit documentChanged();
  emit projectChanged();
  showBeside(source, id);
}

void Session::showBeside(EntryId source, EntryId variant) {
  const Entry* active = m_document.activeSource();
  if (active != nullptr && active->id == source && m_document.side(1) == nullptr) {
    setSide(1, variant);
  }
}

void Session::takePreviews() {
  if (m_previewGate && !m_previewGate()) {
    return;  // a picture that is replaced again and again would never be whole
  }
  for (const engine::JobStatus& job : m_jobs) {
    const auto at = m_notes.find(job.id);
    if (at == m_notes.end() || at->second.taken || !job.preview || !m_looking.expired() ||
        job.preview->file == at->second.looked || m_document.find(at->second.source) == nullptr) {
      continue;
    }
    JobNote& note = at->second;
    if (note.preview != 0 && m_document.find(note.preview) == nullptr) {
      continue;  // it was thrown away: nobody wants to see it
    }
    note.looked = job.preview->file;
    const auto looking = std::make_shared<const int>();
    m_looking = looking;
    m_previews.run(
        "Looking at " + note.name,
        [path = job.preview->file, looking](TaskContext& context) {
          return decodeResult(path, context);
        },
        [this, id = job.id, moment = job.preview->moment](Result<DecodedResult> result) {
          if (result) {  // else its job has gone on, or has ended, meanwhile
            showPreview(id, moment, *std::move(result));
          }
        });
  }
}

void Session::showPreview(std::uint64_t id, const std::string& moment, DecodedResult result) {
  const auto note = m_notes.find(id);
  const auto job = std::find_if(m_jobs.begin(), m_jobs.end(),
                                [id](const engine::JobStatus& one) { return one.id == id; });
  if (note == m_notes.end() || note->second.taken || job == m_jobs.end() ||
      m_document.find(note->second.source) == nullptr) {
    return;
  }
  EntryId& shown = note->second.preview;
  if (shown != 0 && m_document.find(shown) == nullptr) {
    return;
  }
  if (shown == 0) {
    Entry entry = variantOf(*job, note->second.source, std::move(result));
    entry.moment = moment;
    shown = m_document.add(std::move(entry));
    emit documentChanged();
    showBeside(note->second.source, shown);
    return;
  }
  Entry* entry = m_document.edit(shown);
  entry->moment = moment;
  entry->cloud = std::move(result.cloud);
  entry->model = std::move(result.model);
  emit previewChanged();
}

void Session::dropPreview(JobNote& note) {
  const Entry* entry = m_document.find(note.preview);
  if (entry != nullptr && entry->isPreview()) {
    m_document.remove(note.preview);
    emit documentChanged();
    emit sidesChanged();
  }
}

void Session::watchQueueEnd(bool pendingBefore) {
  if (!pendingBefore || hasRunningJobs()) {
    return;
  }
  std::size_t done = 0;
  std::size_t failed = 0;
  for (const engine::JobStatus& job : m_jobs) {
    done += job.state == engine::JobState::Done ? 1U : 0U;
    failed += job.state == engine::JobState::Failed ? 1U : 0U;
  }
  QString summary = tr("%n result(s) in the queue", nullptr, static_cast<int>(done));
  if (failed > 0) {
    summary += tr(", %n failed", nullptr, static_cast<int>(failed));
  }
  emit queueEnded(summary);
}

}  // namespace volpress::studio
