// Encoding a clip on a cluster: its segments shared out over the tasks of a Slurm job array, and a
// job that joins the parts when all are there.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "app/engine/clip_files.hpp"
#include "scene/base/result.hpp"

namespace volpress::engine {

struct ClipSubmission {
  std::filesystem::path program;  ///< `volpress` as the cluster's machines find it
  ClipEncodeSpec spec;            ///< without `segments`; its paths are seen by all machines
  std::size_t tasks = 0;          ///< 0: one a segment; never more than there are segments
  std::size_t threads = 0;        ///< of a task, and the processors asked for it; 0: as Slurm gives
  std::vector<std::string> slurmOptions;  ///< for sbatch, as given: "--partition=long"
};

struct SubmittedClip {
  std::filesystem::path folder;  ///< of scripts, logs and parts, beside the output
  std::size_t segments = 0;
  std::size_t tasks = 0;
  std::vector<std::size_t> submitted;  ///< tasks whose part is missing
  std::string arrayJob, joinJob;       ///< Slurm's numbers; empty when nothing was submitted
};

/// Which segments a task encodes: as even as can be, in order.
[[nodiscard]] SegmentRange segmentsOfTask(std::size_t task, std::size_t tasks,
                                          std::size_t segments);

/// Writes the scripts into "<output>.parts". Parts of an earlier submission of the same are kept;
/// those of another one are InvalidParameter.
[[nodiscard]] Result<SubmittedClip> prepareSubmission(const ClipSubmission& submission,
                                                      TaskRunner& runner, Progress& progress,
                                                      const std::stop_token& stop);

/// Hands them to sbatch: tasks whose part is missing (a killed task is submitted again by the same
/// call), and the join after them. With `wait` it returns when the clip is there; a task that fails
/// is IoFailure, naming where the logs are.
[[nodiscard]] Result<void> submitToSlurm(const ClipSubmission& submission, SubmittedClip& prepared,
                                         bool wait);

}  // namespace volpress::engine
