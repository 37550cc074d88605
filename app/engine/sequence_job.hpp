// Running one job on a moving scene in this process: encode, write, read back, decode, measure.
#pragma once

#include "app/engine/run_job.hpp"

namespace volpress::engine {

/// Whether the job's codec is one of sequences.
[[nodiscard]] bool isSequenceJob(const JobSpec& spec);

/// As `runJob`, which calls it for jobs on sequences and catches what libraries throw. `views` of
/// the evaluation are the frames ("frame 12"): PSNR and SSIM are means over the views drawn of each
/// frame, what is not measured is NaN.
[[nodiscard]] Result<Evaluation> runSequenceJob(const JobSpec& spec, JobRun& run);

}  // namespace volpress::engine
