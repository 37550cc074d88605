// Running one job in this process: read, encode, write, read back, decode, measure.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "app/engine/job.hpp"
#include "app/engine/staged_progress.hpp"
#include "renderer/field_learner.hpp"

namespace volpress::engine {

struct JobRun {
  StagedProgress& progress;
  std::stop_token stop;
  std::function<void(const std::string&)> log;       ///< lines for people, as they come
  bool measure = true;                               ///< false: the evaluation has no views
  std::function<void(const JobPreview&)> preview{};  ///< told of each look; may be empty
  renderer::FieldLearner* fieldLearner = nullptr;    ///< see compressors::RunContext
};

/// Writes the evaluation of a whole output to the job's record, if it has one: whoever started the
/// job may be gone, and finds the figures there. What hinders it is logged.
void keepRecord(const JobSpec& spec, const Evaluation& evaluation, const JobRun& run);

/// Runs the job. The output gets its name only when all has worked: what is measured are the bytes
/// on disk, read back and decoded with nothing else known; until then they lie under a temporary
/// name, which goes away with an error, a cancel or an exception. Exceptions of libraries end here
/// as errors (std::bad_alloc as OutOfMemory).
[[nodiscard]] Result<Evaluation> runJob(const JobSpec& spec, JobRun& run);

}  // namespace volpress::engine
