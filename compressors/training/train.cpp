#include <chrono>
#include <new>

#include "compressors/training/trainer.hpp"
#include "scene/base/files.hpp"

namespace volpress::training {
namespace {

Result<void> resume(const std::filesystem::path& path, Trainer& trainer) {
  std::error_code problem;
  if (path.empty() || !std::filesystem::exists(path, problem)) {
    return {};
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  Result<void> restored = trainer.restore(file.bytes());
  if (!restored) {
    return fail(restored.error().code, "{}: {}", path.string(), restored.error().message);
  }
  return {};
}

}  // namespace

Result<GaussianCloud> train(const TrainingSet& set, const TrainRun& run,
                            renderer::Rasterizer& rasterizer, TaskRunner& runner,
                            Progress& progress, const std::stop_token& stop) {
  try {
    using Clock = std::chrono::steady_clock;
    VOLPRESS_TRY(const auto trainer, Trainer::start(set, run.settings, rasterizer, runner));
    VOLPRESS_CHECK(resume(run.checkpoint, *trainer));
    auto saved = Clock::now();
    while (trainer->iteration() < run.settings.iterations) {
      const Result<void> done = trainer->step(stop);
      const std::chrono::duration<double> since = Clock::now() - saved;
      if (!run.checkpoint.empty() && (since.count() >= run.checkpointSeconds ||
                                      (!done && done.error().code == ErrorCode::Cancelled))) {
        VOLPRESS_CHECK(writeFileAtomically(run.checkpoint, trainer->checkpoint()));
        saved = Clock::now();
      }
      VOLPRESS_CHECK(done);
      progress.report(
          static_cast<double>(trainer->iteration()) / static_cast<double>(run.settings.iterations),
          fmt::format("{}/{} iterations, {} splats, loss {:.4f}", trainer->iteration(),
                      run.settings.iterations, trainer->cloud().count, trainer->loss()));
    }
    return trainer->cloud();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "not enough memory to train; use smaller photographs");
  }
}

}  // namespace volpress::training
