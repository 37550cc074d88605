// What an interrupted comparison had reached: its queue and its files, so that the same call goes
// on.
#pragma once

#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "app/engine/folder_lock.hpp"
#include "app/engine/job_queue.hpp"
#include "scene/base/result.hpp"
#include "scene/types/camera.hpp"

namespace volpress::engine {

/// The folder "REPORT.unfinished" beside a report. It is there from the first job to the finished
/// report, and outlives whatever ends the program between them.
class CompareWork {
public:
  /// Begins, or takes up what lies there when it is of the same input and program (by place, size
  /// and time) and of the same views; anything older is removed. Errors name the folder, as where
  /// another comparison is at work there.
  [[nodiscard]] static Result<CompareWork> open(const std::filesystem::path& report,
                                                const std::filesystem::path& input,
                                                const std::filesystem::path& program,
                                                const ViewSet& views);

  /// Queues a job, with an output of this folder whose name begins with `stem`; or finds it as it
  /// was queued before, where one that failed is tried again. Errors as of JobQueue::add.
  [[nodiscard]] Result<std::uint64_t> want(JobSpec spec, const std::string& stem,
                                           const std::string& extension);
  /// Drops what was queued before and is not wanted now.
  void dropOthers();
  /// How many results were there when it was opened.
  [[nodiscard]] std::size_t known() const noexcept { return m_known; }

  [[nodiscard]] std::vector<JobStatus> jobs() const { return m_queue->jobs(); }
  /// Ends the queue, and removes the folder when no job is finished and no fine-tune could go on.
  /// Whether it is there still.
  bool leave();
  /// Ends the queue and removes the folder.
  void remove();

private:
  CompareWork(std::filesystem::path folder, FolderLock lock, const std::filesystem::path& program);

  std::filesystem::path m_folder;
  FolderLock m_lock;
  std::unique_ptr<JobQueue> m_queue;
  std::set<std::uint64_t> m_wanted;
  std::size_t m_known = 0;
};

}  // namespace volpress::engine
