#include "compressors/lightgaussian/full_recovery.hpp"

#include <algorithm>
#include <vector>

#include "compressors/learning/scene_extent.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

constexpr unsigned kWarmUp = 200;
constexpr double kDecay = 0.95;
constexpr unsigned kDecayEvery = 400;

}  // namespace

learning::FineTuneSettings recoverySettings(std::size_t steps, float extent, std::uint64_t seed) {
  learning::FineTuneSettings settings;
  settings.iterations = static_cast<unsigned>(steps);
  const auto decaying = [](double rate) {
    return learning::RateSchedule{rate, 0, kDecay, kDecayEvery};
  };
  const auto unit = static_cast<double>(extent);
  settings.rates[learning::kMeans] = {5e-6 * unit, 1.6e-6 * unit, 1, 0};
  settings.rates[learning::kLogScales] = decaying(5e-3);
  settings.rates[learning::kRotations] = decaying(1e-3);
  settings.rates[learning::kOpacityLogits] = decaying(5e-2);
  settings.rates[learning::kShDc] = decaying(2.5e-3);
  settings.rates[learning::kShRest] = decaying(2.5e-3 / 20);
  settings.warmUp = std::min(kWarmUp, settings.iterations / 10);
  settings.seed = seed;
  return settings;
}

Result<void> recoverFully(GaussianCloud& student, std::span<const learning::TeacherView> teachers,
                          std::span<const learning::TeacherView> trials, std::size_t steps,
                          RunContext& context) {
  std::vector<Camera> cameras;
  cameras.reserve(teachers.size());
  for (const learning::TeacherView& teacher : teachers) {
    cameras.push_back(teacher.camera);
  }
  learning::FineTuneTask task;
  task.settings = recoverySettings(steps, learning::sceneExtent(cameras), context.seed);
  task.teachers = teachers;
  task.trials = trials;
  task.keepStateIn(context.scratch, "recovery", context.checkpointSeconds);
  task.watcher = context.watcher;
  VOLPRESS_TRY(const learning::FineTuneOutcome outcome,
               learning::fineTune(student, task, *context.rasterizer, context.runner,
                                  context.progress, context.stop));
  context.log.push_back(fmt::format(
      "recovery of all parameters: step {} of {} is closest on {} trial views, {:.2f} "
      "dB before and {:.2f} dB after",
      outcome.bestIteration, steps, trials.size(), outcome.firstTrialPsnr, outcome.bestTrialPsnr));
  return {};
}

}  // namespace volpress::compressors::lightgaussian
