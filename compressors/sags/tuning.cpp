#include "compressors/sags/tuning.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/learning/state_file.hpp"

namespace volpress::compressors::sags {
namespace {

/// Rates at the start, after `fitPoints`, and the end, as in the paper's training.
constexpr std::array<learning::RateSchedule, kParts> kRates{{{0.0075, 0.00075},
                                                             {0.007, 0.0007},
                                                             {0.005, 0.0005},
                                                             {0.005, 0.0005},
                                                             {0.002, 0.0002},
                                                             {0.002, 2e-4},
                                                             {0.002, 2e-4},
                                                             {0.002, 2e-4}}};
constexpr std::array<const char*, kParts> kNames{"features",     "sizes",   "hash grid", "affine",
                                                 "displacement", "opacity", "colour",    "shape"};
/// Runs shorter than this take smaller steps: the first ones only shake what was fitted.
constexpr double kFullRateSteps = 400;

std::uint64_t identityOf(const StoredScene& scene, const TuningTask& task) {
  ByteWriter out;
  out.append(viewBytes(std::span<const coding::GridPoint>(scene.keys)));
  out.append(viewBytes(std::span<const std::array<std::uint32_t, 2>>(scene.parents)));
  out.append(viewBytes(std::span<const float>(scene.steps.features)));
  out.write(scene.steps.sizes);
  out.write(scene.steps.grid);
  out.write(scene.grid.cell);
  out.write(scene.shape.shDegree);
  out.write(scene.shape.tableBits);
  out.write(static_cast<std::uint8_t>(scene.shape.shapesSeeView ? 1 : 0));
  out.write(static_cast<std::uint8_t>(task.asSeen ? 1 : 0));
  return hashBytes(out.bytes());
}

}  // namespace

Result<void> tunePoints(const Points& points, StoredScene& scene, const TuningTask& task,
                        RunContext& context) {
  const PointDecoder decoder(scene.shape);
  const double pace = std::sqrt(std::min(1.0, task.steps / kFullRateSteps));
  std::array<learning::LearntArray, kParts> arrays;
  for (std::size_t part = 0; part < kParts; ++part) {
    arrays[part].name = kNames[part];
    arrays[part].values = std::move(scene.weights[part]);
    arrays[part].gradient.assign(arrays[part].values.size(), 0.0F);
    arrays[part].rate = {pace * kRates[part].first, pace * kRates[part].last, 1, 0};
  }
  learning::FineTuneTask tuning;
  tuning.settings.iterations = task.steps;
  tuning.settings.warmUp = task.steps / 10;
  tuning.settings.seed = context.seed;
  tuning.teachers = task.teachers;
  tuning.trials = task.trials;
  tuning.arrays = arrays;
  tuning.identity = identityOf(scene, task);
  tuning.keepStateIn(context.scratch, "sags-tuning.state", context.checkpointSeconds);
  tuning.watcher = context.watcher;
  Weights exact;
  Weights rounded;
  Weights gradient;
  Tape tape;
  const auto swapValues = [&](Weights& with) {
    for (std::size_t part = 0; part < kParts; ++part) {
      std::swap(with[part], arrays[part].values);
    }
  };
  tuning.hooks.looksPerView = task.asSeen;
  tuning.hooks.look = [&](const learning::FineTuneStep& at, const GaussianCloud&,
                          learning::SeenScene& seen) -> Result<void> {
    swapValues(exact);
    roundWeights(scene.steps, exact, rounded);
    swapValues(exact);
    tape.eye = task.asSeen ? &at.camera->position : nullptr;
    decoder.decode(points, rounded, tape, seen.cloud, seen.directColors, context.runner);
    return {};
  };
  tuning.hooks.fromAnySide = [&]() -> Result<GaussianCloud> {
    Tape still;
    learning::SeenScene seen;
    resizeCloud(seen.cloud, 0, 0);
    decoder.decode(points, rounded, still, seen.cloud, seen.directColors, context.runner);
    return std::move(seen.cloud);
  };
  tuning.hooks.pullBack = [&](const learning::FineTuneStep&, const GaussianCloud&,
                              const learning::SeenScene&,
                              renderer::CloudGradients& gradients) -> Result<double> {
    for (std::size_t part = 0; part < kParts; ++part) {
      std::swap(gradient[part], arrays[part].gradient);
    }
    decoder.pullBack(points, rounded, tape, {gradients, {}}, gradient, context.runner);
    for (std::size_t part = 0; part < kParts; ++part) {
      std::swap(gradient[part], arrays[part].gradient);
    }
    return 0.0;
  };
  // Nothing of a cloud is learnt: every splat is decoded.
  GaussianCloud master;
  resizeCloud(master, 0, 0);
  VOLPRESS_TRY(const learning::FineTuneOutcome outcome,
               learning::fineTune(master, tuning, *context.rasterizer, context.runner,
                                  context.progress, context.stop));
  for (std::size_t part = 0; part < kParts; ++part) {
    scene.weights[part] = std::move(arrays[part].values);
  }
  if (!task.trials.empty()) {
    context.log.push_back(fmt::format(
        "fine-tuning: step {} of {} is closest on {} trial views, {:.2f} dB before and {:.2f} dB "
        "after{}",
        outcome.bestIteration, task.steps, task.trials.size(), outcome.firstTrialPsnr,
        outcome.bestTrialPsnr, task.asSeen ? ", as the heads see each view" : ""));
  }
  return {};
}

}  // namespace volpress::compressors::sags
