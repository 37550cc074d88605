// The running studio without its widgets: document, queue, background work.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <QElapsedTimer>
#include <QObject>
#include <QString>
#include <QTimer>

#include "app/engine/job_queue.hpp"
#include "app/engine/sample_files.hpp"
#include "app/engine/session_folder.hpp"
#include "app/engine/undo.hpp"
#include "app/studio/background.hpp"
#include "app/studio/document.hpp"
#include "app/studio/edit_cache.hpp"
#include "app/studio/view_camera.hpp"

namespace volpress::studio {

struct SessionPlaces {
  std::filesystem::path program;  ///< the `volpress` that runs workers
  std::filesystem::path cache;    ///< results and the sample go below it
};

/// Owns the state that panels show. One timer polls the queue; panels get one signal per change.
class Session : public QObject {
  Q_OBJECT
public:
  explicit Session(SessionPlaces places, QObject* parent = nullptr);
  ~Session() override;

  [[nodiscard]] const Document& document() const { return m_document; }
  [[nodiscard]] const std::vector<engine::JobStatus>& jobs() const { return m_jobs; }
  [[nodiscard]] engine::JobQueue& queue() { return m_queue; }
  [[nodiscard]] bool hasRunningJobs() const;
  [[nodiscard]] std::optional<Background::Activity> activity() const;
  /// Where this run's results are kept.
  [[nodiscard]] const std::filesystem::path& resultsFolder() const { return m_results; }

  /// Does an edit so that it can be undone, and tells everyone. False (and a note) when it failed.
  bool perform(std::unique_ptr<engine::EditCommand> command);
  void undo();
  void redo();
  [[nodiscard]] const engine::UndoStack& undoStack() const { return m_undo; }
  /// For commands only: every change goes through `perform`.
  [[nodiscard]] Document& editableDocument() { return m_document; }
  void rename(EntryId entry, const std::string& name);
  void setStarred(EntryId entry, bool starred);
  void setNote(EntryId entry, const std::string& note);
  void putBack(EntryId variant);
  void emptyTrash();  ///< removes the files too; cannot be undone
  /// A missing entry's file was found at `file`; others that moved along with it are found by it.
  void locate(EntryId entry, const std::filesystem::path& file);

  /// Gives a source another list of edits, as one step that can be undone; what they make of it
  /// follows with `sidesChanged`. Steps with the same `gesture` (a slider that is dragged), when
  /// not 0, become one.
  void setEdits(EntryId source, std::vector<edit::EditOperation> edits, const std::string& text,
                std::uint64_t gesture = 0);
  /// Gives an entry another value of one of its extras, as one step that can be undone.
  void setExtra(EntryId entry, const std::string& key, const std::string& value,
                const std::string& text, std::uint64_t gesture = 0);
  /// Draws an entry that has both forms natively, or else baked; can be undone.
  void setDrawnNatively(EntryId entry, bool native);
  /// Gives it the first value of an extra: no step, and nothing that would need saving.
  void provideExtra(EntryId entry, const std::string& key, const std::string& value);
  /// Whether edits are being done now.
  [[nodiscard]] bool isEditing() const { return m_edited != 0; }

  /// What belongs to no entry: defaults, presets, extras of other parts. Changes through
  /// `changeProject`, which marks the project as modified.
  [[nodiscard]] const engine::Project& project() const { return m_project; }
  void changeProject(const std::function<void(engine::Project&)>& change);
  [[nodiscard]] const std::filesystem::path& projectFile() const { return m_projectFile; }
  [[nodiscard]] bool isModified() const { return m_undo.isModified(); }
  /// Whether going on to another project, or closing, would lose something that is not on disk.
  [[nodiscard]] bool wouldLose() const;
  void newProject();
  void openProject(const std::filesystem::path& file);
  /// Writes the project; results in the cache move beside it. False (and a note) when it failed.
  bool saveProject(const std::filesystem::path& file);
  /// How the session ends: kept for the next start (with its queue), or thrown away.
  enum class Leaving { Keep, Discard };
  void setLeaving(Leaving leaving) { m_leaving = leaving; }

  void openFile(const std::filesystem::path& path);
  void openSample(engine::SampleKind kind = engine::SampleKind::StillLife);
  void closeSource(EntryId source);
  void removeVariant(EntryId variant);
  void setSide(std::size_t index, EntryId entry);
  /// As Document::putBeside.
  void putBeside(std::size_t index, EntryId entry);
  void stepVariant(int step, std::size_t side = 1);
  void swapSides();

  /// What the inspector asks for.
  struct JobSettings {
    std::string codec;
    std::string preset;
    ParamSet overrides;
    std::optional<engine::QualityTarget> target;
    std::string name{};  ///< of the variant; empty: of codec, preset and target
  };
  /// Queues one job on the active source. Failures are told through `noted`.
  void addJob(const JobSettings& settings);
  void addJob(const std::string& codec, const std::string& preset, const ParamSet& overrides) {
    addJob({codec, preset, overrides, {}});
  }
  /// Puts other settings into a job that waits.
  bool editJob(std::uint64_t id, const JobSettings& settings);
  [[nodiscard]] static JobSettings settingsOf(const engine::JobSpec& spec);
  /// Queues the defaults of codecs of different kinds.
  void compareThreeCodecs();
  /// Threads of the jobs added from now on; 0: all of the machine's.
  void setJobThreads(std::size_t threads) { m_jobThreads = threads; }
  /// Seconds between looks at what a running job fine-tunes, of the jobs added from now on; 0:
  /// none.
  void setPreviewSeconds(double seconds) { m_previewSeconds = seconds; }
  /// Asked before the next look is shown: whether the picture of the one before is finished.
  void setPreviewGate(std::function<bool()> isReady) { m_previewGate = std::move(isReady); }
  /// Measures the jobs added from now on on these views: a spec of makeViewSet.
  void setViews(const std::string& spec);
  void cancelJob(std::uint64_t id);
  std::vector<std::uint64_t> cancelAllJobs();  ///< at once; the jobs of the list
  void retryJob(std::uint64_t id);
  void removeJob(std::uint64_t id);

  void exportVariant(EntryId entry, const std::filesystem::path& target);
  /// Looks for the surface under a pixel of the active source; answers with `picked`.
  void pick(const Camera& camera, float x, float y);

  enum class Tone { Plain, Warning };

signals:
  void documentChanged();
  void editingChanged();  ///< edits began, ended or were done
  void sourceOpened(volpress::studio::EntryId source);
  void sidesChanged();
  void previewChanged();  ///< a preview that is shown has another picture
  void jobsChanged();
  void activityChanged();
  void noted(const QString& text, volpress::studio::Session::Tone tone);
  void picked(volpress::studio::Vec3 point);
  void exported(const QString& path);
  void projectChanged();                    ///< its file, its modified state, its defaults
  void projectOpened();                     ///< another project is open now
  void queueEnded(const QString& summary);  ///< the last pending job has come to its end

private:
  void poll();
  void takeFinished(const engine::JobStatus& job);
  void addVariant(const engine::JobStatus& job, DecodedResult result);
  [[nodiscard]] Entry variantOf(const engine::JobStatus& job, EntryId source, DecodedResult result);
  void showBeside(EntryId source, EntryId variant);
  void takePreviews();
  void showPreview(std::uint64_t job, const std::string& moment, DecodedResult result);
  void opened(Result<Entry> entry, const std::string& what);
  void told();  ///< emits what follows any edit
  void goOnWithLeft();
  void show(engine::Project project, const std::filesystem::path& file);
  void linkJobs();
  void load(EntryId entry);
  void loadShown();
  void loaded(EntryId id, Result<Entry> entry);
  void wantEdited();
  void startEdits();
  void keepWorkingCopy();
  void watchQueueEnd(bool pendingBefore);
  /// The project's views, as far as that kind of scene has them.
  [[nodiscard]] std::string viewsFor(const Entry& source) const;
  [[nodiscard]] Result<engine::JobSpec> specFor(const JobSettings& settings, const Entry& source);
  [[nodiscard]] std::filesystem::path outputFor(const Entry& source, const std::string& codec,
                                                const std::string& preset,
                                                const std::string& extension);

  struct JobNote {
    EntryId source = 0;
    std::string name;                ///< of the variant it makes
    std::size_t logged = 0;          ///< lines of its log already told
    bool taken = false;              ///< its end was told and its result fetched
    EntryId preview = 0;             ///< the entry that shows what it has so far, or showed it
    std::filesystem::path looked{};  ///< the newest preview that was taken up
  };
  void dropPreview(JobNote& note);

  SessionPlaces m_places;
  std::optional<engine::SessionFolder> m_session;
  std::unique_ptr<engine::WorkingCopyWriter> m_copy;
  std::filesystem::path m_results;
  Document m_document;
  engine::UndoStack m_undo;
  engine::Project m_project;
  std::filesystem::path m_projectFile;
  std::set<EntryId> m_loading;
  Leaving m_leaving = Leaving::Keep;
  bool m_unkept = false;  ///< the working copy is behind
  std::string m_problem;  ///< told already
  engine::JobQueue m_queue;
  std::vector<engine::JobStatus> m_jobs;
  std::map<std::uint64_t, JobNote> m_notes;
  std::uint64_t m_revision = 0;
  bool m_wasActive = false;
  unsigned m_nextOutput = 1;
  std::size_t m_jobThreads = 0;
  double m_previewSeconds = 3;
  std::function<bool()> m_previewGate;
  std::weak_ptr<const int> m_looking;  ///< alive while a preview is read
  QTimer m_timer;
  std::shared_ptr<EditCache> m_editCache = std::make_shared<EditCache>();  // of its one thread
  QTimer m_editDelay;
  QElapsedTimer m_editClock;
  EntryId m_edited = 0;  ///< whose edits are being done; 0: nobody's
  std::vector<edit::EditOperation> m_editedBy;
  std::uint64_t m_editRound = 0;
  Background m_previews;  // last: their threads may still post to the above
  Background m_editing;
  Background m_background;
};

}  // namespace volpress::studio

Q_DECLARE_METATYPE(volpress::studio::Session::Tone)
