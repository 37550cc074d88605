// The session's project: edits, saving, opening, and going on after the program ended.
#include <algorithm>
#include <system_error>
#include <utility>

#include <fmt/core.h>

#include "app/studio/display_text.hpp"
#include "app/studio/document_edits.hpp"
#include "app/studio/project_state.hpp"
#include "app/studio/session.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

QString sentence(const std::string& text, const Error& error) {
  return QString::fromStdString(text + " " + error.message);
}

bool liesIn(const fs::path& file, const fs::path& folder) {
  const fs::path relative = file.lexically_normal().lexically_relative(folder.lexically_normal());
  return !relative.empty() && *relative.begin() != "..";
}

}  // namespace

void Session::told() {
  m_unkept = true;
  loadShown();
  wantEdited();
  emit documentChanged();
  emit sidesChanged();
  emit projectChanged();
}

bool Session::perform(std::unique_ptr<engine::EditCommand> command) {
  const std::string text = command->text();
  if (auto done = m_undo.perform(std::move(command)); !done) {
    emit noted(sentence(text + ":", done.error()), Tone::Warning);
    return false;
  }
  told();
  return true;
}

void Session::undo() {
  const auto text = m_undo.undoText();
  if (!text) {
    return;
  }
  if (auto done = m_undo.undo(); !done) {
    emit noted(sentence("Could not undo " + *text + ":", done.error()), Tone::Warning);
  } else {
    emit noted(QString::fromStdString("Undone: " + *text), Tone::Plain);
  }
  told();
}

void Session::redo() {
  const auto text = m_undo.redoText();
  if (!text) {
    return;
  }
  if (auto done = m_undo.redo(); !done) {
    emit noted(sentence("Could not redo " + *text + ":", done.error()), Tone::Warning);
  } else {
    emit noted(QString::fromStdString("Redone: " + *text), Tone::Plain);
  }
  told();
}

void Session::rename(EntryId id, const std::string& name) {
  const Entry* entry = m_document.find(id);
  if (entry == nullptr || name.empty() || entry->name == name) {
    return;
  }
  const std::string free = entry->isSource() ? name : m_document.freeName(entry->sourceId, name);
  perform(renameEdit(m_document, id, free));
}

void Session::setStarred(EntryId id, bool starred) { perform(starEdit(m_document, id, starred)); }

void Session::setNote(EntryId id, const std::string& note) {
  const Entry* entry = m_document.find(id);
  if (entry != nullptr && entry->note != note) {
    perform(noteEdit(m_document, id, note));
  }
}

void Session::putBack(EntryId variant) { perform(putBackEdit(m_document, variant)); }

void Session::emptyTrash() {
  std::vector<EntryId> ids;
  for (const Entry& entry : m_document.trash()) {
    ids.push_back(entry.id);
  }
  for (const EntryId id : ids) {
    const auto entry = m_document.takeFromTrash(id);
    std::error_code ignored;
    // Only what this program wrote: never a file that was located elsewhere.
    const bool ours =
        liesIn(entry->path, m_results) ||
        (!m_projectFile.empty() && liesIn(entry->path, engine::resultsFolderOf(m_projectFile)));
    if (ours) {
      fs::remove(entry->path, ignored);
    }
    m_queue.remove(entry->jobId);  // or the next start would take its result again
  }
  m_undo.touch();
  told();
}

void Session::locate(EntryId id, const fs::path& file) {
  const Entry* lost = m_document.find(id);
  if (lost == nullptr) {
    return;
  }
  const fs::path before = lost->path;
  std::vector<EntryId> ids;
  for (const Entry& entry : m_document.entries()) {
    ids.push_back(entry.id);
  }
  std::size_t found = 0;
  for (const EntryId other : ids) {
    Entry* entry = m_document.edit(other);
    if (other != id && !entry->missing) {
      continue;
    }
    const auto place =
        other == id ? std::optional(file) : engine::relocate(entry->path, before, file);
    if (place) {
      entry->path = *place;
      entry->missing = false;
      entry->cloud = nullptr;
      entry->clip = nullptr;
      entry->native = nullptr;
      entry->model = nullptr;
      entry->outcome = nullptr;
      ++found;
    }
  }
  m_undo.touch();
  emit noted(tr("Found %n file(s).", nullptr, static_cast<int>(found)), Tone::Plain);
  told();
}

void Session::changeProject(const std::function<void(engine::Project&)>& change) {
  change(m_project);
  m_undo.touch();
  m_unkept = true;
  emit projectChanged();
}

bool Session::wouldLose() const {
  if (!m_projectFile.empty()) {
    return isModified();
  }
  // Opened scenes lie where they lay; results and words are only here.
  return std::any_of(
      m_document.entries().begin(), m_document.entries().end(),
      [](const Entry& entry) { return !entry.isSource() || !entry.note.empty() || entry.starred; });
}

void Session::show(engine::Project project, const fs::path& file) {
  m_project = std::move(project);
  m_projectFile = file;
  m_document = documentOf(m_project);
  m_undo.clear();
  m_loading.clear();
  m_notes.clear();
  linkJobs();
  std::size_t missing = 0;
  for (const Entry& entry : m_document.entries()) {
    missing += entry.missing ? 1U : 0U;
  }
  if (missing > 0) {
    emit noted(tr("%n file(s) of the project are not where they were: choose Locate… in their "
                  "menu.",
                  nullptr, static_cast<int>(missing)),
               Tone::Warning);
  }
  emit projectOpened();
  told();
}

/// Jobs that are in the queue already belong to entries again. A result that nobody has taken yet
/// is taken by the next poll.
void Session::linkJobs() {
  std::set<std::uint64_t> known;
  for (const auto* list : {&m_document.entries(), &m_document.trash()}) {
    for (const Entry& entry : *list) {
      known.insert(entry.jobId);
    }
  }
  for (const engine::JobStatus& job : m_queue.jobs()) {
    if (m_document.find(job.spec.owner) != nullptr) {
      const bool told = known.contains(job.id) || job.state == engine::JobState::Failed ||
                        job.state == engine::JobState::Cancelled;
      m_notes[job.id] = {job.spec.owner, job.spec.title, job.log.size(), told};
    }
  }
  m_revision = 0;
}

void Session::goOnWithLeft() {
  if (!m_session) {
    emit noted(tr("No folder for this session can be made below %1: nothing is kept for a restart.")
                   .arg(QString::fromStdString(m_places.cache.string())),
               Tone::Warning);
    return;
  }
  auto left = m_session->left();
  if (!left) {
    emit noted(sentence("What was open last cannot be restored; it was set aside.", left.error()),
               Tone::Warning);
    return;
  }
  if (!*left) {
    return;
  }
  const bool modified = (*left)->modified;
  const fs::path file = (*left)->savedAs;
  show(**std::move(left), file);
  if (modified) {
    m_undo.touch();
  }
  emit projectChanged();
  emit noted(tr("Restored what was open last time."), Tone::Plain);
}

void Session::newProject() {
  for (const std::uint64_t job : cancelAllJobs()) {
    m_queue.remove(job);
  }
  m_background.cancelAll();
  show({}, {});
}

void Session::openProject(const fs::path& file) {
  auto project = engine::loadProject(file);
  if (!project) {
    emit noted(sentence("Could not open the project.", project.error()), Tone::Warning);
    return;
  }
  newProject();
  show(*std::move(project), file);
  emit noted(QString::fromStdString("Opened " + file.filename().string()), Tone::Plain);
}

bool Session::saveProject(const fs::path& file) {
  const fs::path folder = engine::resultsFolderOf(file);
  std::vector<EntryId> ids;
  for (const auto* list : {&m_document.entries(), &m_document.trash()}) {
    for (const Entry& entry : *list) {
      if (!entry.isSource() && !entry.isPreview() && liesIn(entry.path, m_results)) {
        ids.push_back(entry.id);
      }
    }
  }
  // Results are there twice until both the project and the working copy name the new place: a kill
  // at any moment leaves one of them right.
  std::vector<std::pair<EntryId, fs::path>> old;
  Result<void> saved;
  for (const EntryId id : ids) {
    Entry* entry = m_document.edit(id);
    auto taken = engine::copyInto(folder, entry->path);
    if (!taken) {
      saved = tl::unexpected<Error>(taken.error());
      break;
    }
    old.emplace_back(id, std::exchange(entry->path, *std::move(taken)));
  }
  storeDocument(m_document, m_project);
  if (saved) {
    saved = engine::saveProject(m_project, file);
  }
  if (!saved) {
    std::error_code ignored;
    for (const auto& [id, path] : old) {
      fs::remove(std::exchange(m_document.edit(id)->path, path), ignored);
    }
    emit noted(sentence("Could not save the project.", saved.error()), Tone::Warning);
    return false;
  }
  m_projectFile = file;
  m_undo.markSaved();
  told();
  keepWorkingCopy();
  if (m_copy != nullptr) {
    m_copy->flush();
  }
  std::error_code ignored;
  for (const auto& [id, path] : old) {
    fs::remove(path, ignored);
  }
  emit noted(QString::fromStdString("Saved " + file.filename().string()), Tone::Plain);
  return true;
}

void Session::keepWorkingCopy() {
  if (!m_unkept || m_copy == nullptr) {
    return;
  }
  m_unkept = false;
  storeDocument(m_document, m_project);
  m_project.savedAs = m_projectFile;
  m_project.modified = m_undo.isModified();
  m_copy->write(engine::projectToJson(m_project, {}));
  const std::string problem = m_copy->problem() + m_queue.problem();
  if (problem != m_problem && !problem.empty()) {
    emit noted(QString::fromStdString("The session cannot be kept for a restart. " + problem),
               Tone::Warning);
  }
  m_problem = problem;
}

void Session::loadShown() {
  for (const EntryId id : m_document.sides()) {
    load(id);
  }
  if (const Entry* source = m_document.activeSource()) {
    load(source->id);
  }
}

void Session::load(EntryId id) {
  const Entry* entry = m_document.find(id);
  if (entry == nullptr || entry->isLoaded() || entry->missing || !m_loading.insert(id).second) {
    return;
  }
  const fs::path path = entry->path;
  m_background.run(
      "Reading " + entry->name, [path](TaskContext& context) { return openScene(path, context); },
      [this, id](Result<Entry> read) { loaded(id, std::move(read)); });
}

void Session::loaded(EntryId id, Result<Entry> read) {
  m_loading.erase(id);
  Entry* entry = m_document.edit(id);
  if (entry == nullptr) {
    return;
  }
  if (!read) {
    emit noted(sentence("Could not read " + entry->name + ".", read.error()), Tone::Warning);
    entry->missing = true;
  } else {
    entry->cloud = std::move(read->cloud);
    entry->clip = std::move(read->clip);
    entry->native = std::move(read->native);
    entry->model = std::move(read->model);
    entry->fileKind = read->fileKind;
    entry->fileBytes = read->fileBytes;
    entry->warnings = std::move(read->warnings);
    entry->breakdown = std::move(read->breakdown);
    entry->home = read->home;
    entry->pivotDistance = read->pivotDistance;
    entry->formatId = std::move(read->formatId);
  }
  const bool isSource = entry->isSource() && read;
  wantEdited();
  emit documentChanged();
  if (isSource) {
    emit sourceOpened(id);
  }
  emit sidesChanged();
}

void Session::exportVariant(EntryId entryId, const fs::path& target) {
  const Entry* entry = m_document.find(entryId);
  if (entry == nullptr) {
    return;
  }
  if (entry->isPreview()) {
    emit noted(tr("%1 is a preview of a job that still runs: export it when that is done.")
                   .arg(QString::fromStdString(entry->name)),
               Tone::Warning);
    return;
  }
  const Entry* source = entry->isSource() ? nullptr : m_document.find(entry->sourceId);
  ExportReference reference;
  if (source != nullptr) {
    reference = {source->cloud, source->path, viewsFor(*source), entry->edits, source->model};
  }
  m_background.run(
      "Exporting " + entry->name,
      [entry = *entry, target, reference](TaskContext& context) {
        return exportEntry(entry, target, reference, context);
      },
      [this, entryId, target,
       unit = entry->model != nullptr ? entry->model->unit()
                                      : std::string("splats")](const Result<ExportReport>& report) {
        if (!report) {
          emit noted(
              sentence(fmt::format("Could not export to {}.", target.string()), report.error()),
              Tone::Warning);
          return;
        }
        std::string text =
            fmt::format("Exported {}: {}, {} {} read back", target.string(),
                        sizeText(report->record.fileBytes), countText(report->record.splats), unit);
        if (report->measured) {
          text += fmt::format(", {} mean and {} worst against the original",
                              decibelText(report->record.meanPsnr),
                              decibelText(report->record.worstPsnr));
        }
        emit noted(QString::fromStdString(text + "."), Tone::Plain);
        if (Entry* written = m_document.edit(entryId); written != nullptr) {
          std::erase_if(written->exports,
                        [&](const engine::ExportRecord& one) { return one.file == target; });
          written->exports.push_back(report->record);
          m_undo.touch();
          told();
        }
        emit exported(QString::fromStdString(target.string()));
      });
}

}  // namespace volpress::studio
