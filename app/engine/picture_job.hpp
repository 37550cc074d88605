// Running one job on a single picture in this process: read, encode, write, read back, decode,
// measure.
#pragma once

#include "app/engine/run_job.hpp"

namespace volpress::engine {

/// Whether the job's codec is one of pictures.
[[nodiscard]] bool isPictureJob(const JobSpec& spec);

/// As `runJob`, which calls it for jobs on pictures and catches what libraries throw.
[[nodiscard]] Result<Evaluation> runPictureJob(const JobSpec& spec, JobRun& run);

}  // namespace volpress::engine
