// The running studio without its widgets: document, queue, background work.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <QObject>
#include <QString>
#include <QTimer>

#include "app/engine/job_queue.hpp"
#include "app/engine/sample_files.hpp"
#include "app/studio/background.hpp"
#include "app/studio/document.hpp"
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

  void openFile(const std::filesystem::path& path);
  void openSample(engine::SampleKind kind = engine::SampleKind::StillLife);
  void closeSource(EntryId source);
  void removeVariant(EntryId variant);
  void setSide(std::size_t index, EntryId entry);
  void stepVariant(int step, std::size_t side = 1);
  void swapSides();

  /// Queues one job on the active source. Failures are told through `noted`.
  void addJob(const std::string& codec, const std::string& preset, const ParamSet& overrides);
  /// Queues the first default of three codecs of different kinds.
  void compareThreeCodecs();
  /// Threads of the jobs added from now on; 0: all of the machine's.
  void setJobThreads(std::size_t threads) { m_jobThreads = threads; }
  /// Measures the jobs added from now on on these views: a spec of makeViewSet.
  void setViews(const std::string& spec) { m_views = spec; }
  void cancelJob(std::uint64_t id);
  void retryJob(std::uint64_t id);
  void removeJob(std::uint64_t id);

  void exportVariant(EntryId entry, const std::filesystem::path& target);
  /// Looks for the surface under a pixel of the active source; answers with `picked`.
  void pick(const Camera& camera, float x, float y);

  enum class Tone { Plain, Warning };

signals:
  void documentChanged();
  void sourceOpened(volpress::studio::EntryId source);
  void sidesChanged();
  void jobsChanged();
  void activityChanged();
  void noted(const QString& text, volpress::studio::Session::Tone tone);
  void picked(volpress::studio::Vec3 point);
  void exported(const QString& path);

private:
  void poll();
  void takeFinished(const engine::JobStatus& job);
  void addVariant(const engine::JobStatus& job, std::shared_ptr<const GaussianCloud> cloud);
  void opened(Result<Entry> entry, const std::string& what);
  [[nodiscard]] std::filesystem::path outputFor(const Entry& source, const std::string& codec,
                                                const std::string& preset,
                                                const std::string& extension);

  struct JobNote {
    EntryId source = 0;
    std::string name;        ///< of the variant it makes
    std::size_t logged = 0;  ///< lines of its log already told
    bool taken = false;      ///< its end was told and its result fetched
  };

  SessionPlaces m_places;
  std::filesystem::path m_results;
  Document m_document;
  engine::JobQueue m_queue;
  std::vector<engine::JobStatus> m_jobs;
  std::map<std::uint64_t, JobNote> m_notes;
  std::uint64_t m_revision = 0;
  bool m_wasActive = false;
  std::string m_views = "auto";
  unsigned m_nextOutput = 1;
  std::size_t m_jobThreads = 0;
  QTimer m_timer;
  Background m_background;  // last: its thread may still post to the above
};

}  // namespace volpress::studio

Q_DECLARE_METATYPE(volpress::studio::Session::Tone)
