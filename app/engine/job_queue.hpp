// The queue: each job runs in a worker process of its own. Qt-free; whoever shows it polls.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "app/engine/job.hpp"
#include "app/engine/queue_journal.hpp"

namespace volpress::engine {

/// Runs jobs one after another (or several side by side) as `<program> worker` processes with the
/// job as JSON on their standard input and JSON lines on their standard output. Whatever happens to
/// a worker (crash, kill, out of memory) ends only its own row, with the reason. With a folder, the
/// queue is kept there and goes on with the next program: what ran is started anew, what was done
/// stays done. All calls are thread-safe and return at once.
class JobQueue {
public:
  /// `program` is the `volpress` executable. Nothing is kept.
  explicit JobQueue(std::filesystem::path program, std::size_t maxRunning = 1);
  /// Keeps the queue in `folder` (made when it is not there) and goes on with what it finds there.
  /// One queue at a time may use a folder. `problem` tells when that did not work.
  JobQueue(std::filesystem::path program, QueueLimits limits, std::filesystem::path folder);
  /// Ends the processes and waits for them. Without a folder that cancels the jobs; with one they
  /// are interrupted and go on with the next program.
  ~JobQueue();

  /// InvalidParameter when the output is already some pending job's.
  [[nodiscard]] Result<std::uint64_t> add(JobSpec spec);
  /// Puts other settings into a job that has not started; InvalidParameter when it has.
  [[nodiscard]] Result<void> edit(std::uint64_t id, JobSpec spec);
  void cancel(std::uint64_t id);  ///< within 200 ms, paused or not; leaves no partial file
  /// Cancels several at once: none of them starts because another made room.
  void cancel(std::span<const std::uint64_t> ids);
  /// Sends a running job's process to sleep, or holds back a waiting job. Others may run meanwhile.
  void pause(std::uint64_t id);
  void pauseAll();                ///< all at once: none starts because another made room
  void resume(std::uint64_t id);  ///< goes on as soon as there is a place for it
  void resumeAll();
  void retry(std::uint64_t id);   ///< puts a failed or cancelled job back to the queue
  void remove(std::uint64_t id);  ///< drops a job without a process from the list
  void moveUp(std::uint64_t id);
  void moveDown(std::uint64_t id);
  void moveTo(std::uint64_t id, std::size_t place);  ///< place in the list, 0 first

  void setLimits(QueueLimits limits);
  [[nodiscard]] QueueLimits limits() const;

  [[nodiscard]] std::vector<JobStatus> jobs() const;  ///< in queue order
  /// Rises by at least one with every change that `jobs` would show.
  [[nodiscard]] std::uint64_t revision() const;
  /// Process id of a job's worker, or 0.
  [[nodiscard]] int workerProcess(std::uint64_t id) const;
  /// Why the queue cannot be kept on disk at present; empty when all is well.
  [[nodiscard]] std::string problem() const;

private:
  class Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace volpress::engine
