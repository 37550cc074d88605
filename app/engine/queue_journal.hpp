// The queue on disk: what is needed to go on after the program ended, however it ended.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/job.hpp"

namespace volpress::engine {

/// How much the queue may use at a time.
struct QueueLimits {
  std::size_t maxRunning = 1;     ///< jobs side by side, at least 1
  std::uint64_t memoryBytes = 0;  ///< of one job's process; 0: no limit
};

/// One job as the journal has it.
struct JournalJob {
  JobStatus status;
  int process = 0;                 ///< its worker's process id, 0 without one
  std::uint64_t processStart = 0;  ///< startTicks of that process
};

struct QueueJournal {
  std::uint64_t nextId = 1;
  QueueLimits limits;
  std::vector<JournalJob> jobs;  ///< in queue order
};

[[nodiscard]] std::string journalToJson(const QueueJournal& journal);
/// Reads untrusted text. CorruptData names the field; a later version is UnsupportedVersion.
[[nodiscard]] Result<QueueJournal> journalFromJson(std::string_view text);

/// The evaluation that a worker kept of its whole output, if it did and the output is there: the
/// job is done, whatever became of the worker then.
[[nodiscard]] std::optional<Evaluation> recordedEvaluation(const JobSpec& spec);

/// Turns a journal that was read at the start of the program into what the queue goes on with: ends
/// workers that outlived their program, removes their partial files, takes the result of jobs whose
/// output and record are whole, and marks what ran as interrupted. `folder` is where records and
/// scratch folders lie.
void settleJournal(QueueJournal& journal);

}  // namespace volpress::engine
