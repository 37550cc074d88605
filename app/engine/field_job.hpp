// Running one job on a hash-grid field in this process: read, encode, write, read back, decode,
// measure.
#pragma once

#include "app/engine/run_job.hpp"

namespace volpress::engine {

/// Whether the job's codec is one of fields.
[[nodiscard]] bool isFieldJob(const JobSpec& spec);

/// As `runJob`, which calls it for jobs on fields and catches what libraries throw.
[[nodiscard]] Result<Evaluation> runFieldJob(const JobSpec& spec, JobRun& run);

}  // namespace volpress::engine
