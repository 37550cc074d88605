// Running one job on a mesh in this process: read, encode, write, read back, decode, measure.
#pragma once

#include "app/engine/run_job.hpp"

namespace volpress::engine {

/// Whether the job's codec is one of meshes.
[[nodiscard]] bool isMeshJob(const JobSpec& spec);

/// As `runJob`, which calls it for mesh jobs and catches what libraries throw.
[[nodiscard]] Result<Evaluation> runMeshJob(const JobSpec& spec, JobRun& run);

}  // namespace volpress::engine
