// The queue: each job runs in a worker process of its own. Qt-free; whoever shows it polls.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "app/engine/job.hpp"

namespace volpress::engine {

/// Runs jobs one after another (or `maxRunning` side by side) as `<program> worker` processes with
/// the job as JSON on their standard input and JSON lines on their standard output. Whatever
/// happens to a worker (crash, kill, out of memory) ends only its own row, with the reason.
/// All calls are thread-safe and return at once.
class JobQueue {
public:
  /// `program` is the `volpress` executable.
  explicit JobQueue(std::filesystem::path program, std::size_t maxRunning = 1);
  ~JobQueue();  ///< cancels what runs and waits for the processes

  /// InvalidParameter when the output is already some waiting or running job's.
  [[nodiscard]] Result<std::uint64_t> add(JobSpec spec);
  void cancel(std::uint64_t id);  ///< within 200 ms; leaves no partial file
  void retry(std::uint64_t id);   ///< puts a failed or cancelled job back to the queue
  void remove(std::uint64_t id);  ///< drops a job that is not running from the list
  void moveUp(std::uint64_t id);
  void moveDown(std::uint64_t id);

  [[nodiscard]] std::vector<JobStatus> jobs() const;  ///< in queue order
  /// Rises by at least one with every change that `jobs` would show.
  [[nodiscard]] std::uint64_t revision() const;
  /// Process id of a running job's worker, or 0.
  [[nodiscard]] int workerProcess(std::uint64_t id) const;

private:
  class Impl;
  std::unique_ptr<Impl> m_impl;
};

}  // namespace volpress::engine
