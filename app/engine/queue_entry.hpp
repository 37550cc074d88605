// One job of the queue together with its process. The queue's own part: use JobQueue.
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>

#include "app/engine/job.hpp"
#include "app/engine/queue_journal.hpp"
#include "app/engine/time_left.hpp"
#include "app/engine/worker_messages.hpp"
#include "app/engine/worker_process.hpp"

namespace volpress::engine {

/// Not thread-safe: the queue guards it with its lock. All calls return at once.
class QueueEntry {
public:
  QueueEntry(std::uint64_t id, JobSpec spec);
  explicit QueueEntry(JournalJob kept) : m_status(std::move(kept.status)) {}

  [[nodiscard]] const JobStatus& status() const noexcept { return m_status; }
  [[nodiscard]] std::uint64_t id() const noexcept { return m_status.id; }
  [[nodiscard]] bool pending() const { return isPending(m_status.state); }
  /// Whether a process of it exists, running or stopped.
  [[nodiscard]] bool hasWorker() const noexcept { return m_worker.has_value(); }
  [[nodiscard]] const std::optional<WorkerProcess>& worker() const noexcept { return m_worker; }
  [[nodiscard]] bool cancelAsked() const noexcept { return m_cancelAsked; }
  /// Whether it only waits for its turn.
  [[nodiscard]] bool waitsForTurn() const noexcept;
  [[nodiscard]] bool takesPlace() const noexcept { return hasWorker() && !m_stopped; }
  [[nodiscard]] JournalJob journalJob() const;

  /// Another job in the place of one that has not started.
  void replaceSpec(JobSpec spec);
  /// Starts the process, or lets a stopped one go on. A failure is the job's.
  void start(const std::filesystem::path& program);
  void pause();
  void resume();
  void cancel();
  /// As cancel, but the job stays pending: it starts anew with the next program.
  void interrupt();
  /// Back to the queue after a failure or a cancel.
  void restart();
  void refuse(std::string reason);

  /// Takes what the worker wrote, whether it ended, and whether it is over `memoryBytes` (0: no
  /// limit). True when something that people see has changed.
  bool pump(std::uint64_t memoryBytes);

private:
  using Clock = std::chrono::steady_clock;

  void askToStop();
  void watchProcess(std::uint64_t memoryBytes);
  void take(WorkerMessage message);
  void addLog(std::string line);
  void dropPreviews();
  void finish();
  [[nodiscard]] double secondsRunning() const;

  JobStatus m_status;
  std::optional<WorkerProcess> m_worker;
  std::uint64_t m_processStart = 0;
  Clock::time_point m_since;   ///< start of the present stretch of running
  double m_secondsBefore = 0;  ///< of the stretches before a pause
  Clock::time_point m_watched;
  TimeLeft m_timeLeft;
  bool m_stopped = false;  ///< the process has been sent to sleep
  bool m_cancelAsked = false;
  bool m_interrupted = false;
  bool m_killed = false;
  Clock::time_point m_cancelledAt;
  std::optional<Error> m_reported;  ///< the worker's own account of its failure
  std::string m_limitProblem;       ///< why the queue ended it
};

}  // namespace volpress::engine
