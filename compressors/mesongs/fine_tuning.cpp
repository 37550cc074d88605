#include "compressors/mesongs/fine_tuning.hpp"

#include <algorithm>

#include "compressors/learning/fine_tune.hpp"
#include "compressors/stages/teachers.hpp"

namespace volpress::compressors::mesongs {
namespace {

/// Rates in quantiser steps: what is moved by less than rounding moves it anyway costs few bits.
/// The last step is shorter than the first.
constexpr double kFirstShare = 0.04;
constexpr double kPaletteShare = 0.013;
constexpr double kLastShare = 0.125;

learning::RateSchedule rateOf(double step, double share) {
  return {share * step, kLastShare * share * step, 1, 0};
}

/// The median step of all blocks of `channels` columns from `first` on.
double typicalStep(const BlockTable& blocks, std::size_t first, std::size_t channels) {
  std::vector<float> steps;
  for (std::size_t channel = first; channel < first + channels; ++channel) {
    for (const Block& block : blocks[channel]) {
      steps.push_back(block.step);
    }
  }
  const auto middle = steps.begin() + static_cast<std::ptrdiff_t>(steps.size() / 2);
  std::nth_element(steps.begin(), middle, steps.end());
  return static_cast<double>(*middle);
}

/// What the decoder would see of a cloud and palette entries.
void quantisedView(const TuningTask& task, const GaussianCloud& master, std::size_t dimension,
                   const FloatArray& entries, GaussianCloud& seen, TaskRunner& runner) {
  const Coefficients exact = task.transform.forward(master, runner);
  const SymbolTable symbols = quantise(exact, task.blocks, task.deadZones, runner);
  task.transform.inverse(dequantise(symbols, task.blocks, exact.roots, runner), seen, runner);
  if (dimension != 0) {
    ShPalette rounded{dimension, std::vector<float>(entries.begin(), entries.end()), task.labels};
    task.roundPalette(rounded.entries);
    applyPalette(rounded, seen, runner);
  }
}

}  // namespace

Result<void> fineTuneScene(const GaussianCloud& original, std::span<const Camera> cameras,
                           const TuningTask& task, GaussianCloud& cloud, ShPalette& palette,
                           RunContext& context) {
  VOLPRESS_TRY(const learning::Lessons lessons, learning::drawLessons(original, cameras, context));

  const std::size_t dimension = palette.dimension;
  std::array<learning::LearntArray, 1> arrays;
  learning::LearntArray& entries = arrays[0];
  entries.name = "palette";
  entries.values.assign(palette.entries.begin(), palette.entries.end());
  entries.gradient.assign(palette.entries.size(), 0.0F);
  entries.rate = rateOf(task.paletteStep, kPaletteShare);

  learning::FineTuneTask tuning;
  tuning.settings.iterations = task.steps;
  const auto rate = [&](std::size_t first, std::size_t channels) {
    return rateOf(typicalStep(task.blocks, first, channels), kFirstShare);
  };
  tuning.settings.rates[learning::kOpacityLogits] = rate(kOpacity, 1);
  tuning.settings.rates[learning::kRotations] = rate(kAngles, 3);
  tuning.settings.rates[learning::kShDc] = rate(kColors, 3);
  tuning.settings.rates[learning::kLogScales] = rate(kScales, 1);
  tuning.settings.seed = context.seed;
  tuning.teachers = lessons.teachers;
  tuning.trials = lessons.trials;
  tuning.arrays = arrays;
  tuning.identity = task.identity;
  tuning.keepStateIn(context.scratch, "mesongs-tuning.state", context.checkpointSeconds);
  tuning.watcher = context.watcher;
  tuning.hooks.look = [&](const learning::FineTuneStep&, const GaussianCloud& master,
                          learning::SeenScene& seen) -> Result<void> {
    quantisedView(task, master, dimension, entries.values, seen.cloud, context.runner);
    return {};
  };
  // RAHT is orthonormal: between its inverse and its transpose, rounding that passes gradients on
  // leaves them as they are. A quaternion and its opposite are one rotation, though.
  tuning.hooks.pullBack = [&](const learning::FineTuneStep&, const GaussianCloud& master,
                              const learning::SeenScene& seen,
                              renderer::CloudGradients& gradients) -> Result<double> {
    for (std::size_t i = 0; i < master.count; ++i) {
      float product = 0;
      for (std::size_t c = 4 * i; c < 4 * i + 4; ++c) {
        product += master.rotations[c] * seen.cloud.rotations[c];
      }
      for (std::size_t c = 4 * i; product < 0 && c < 4 * i + 4; ++c) {
        gradients.rotations[c] = -gradients.rotations[c];
      }
      // Every user of an entry pulls at it.
      const std::size_t entry =
          dimension == 0 ? 0 : dimension * static_cast<std::size_t>(task.labels[i]);
      for (std::size_t c = 0; c < dimension; ++c) {
        entries.gradient[entry + c] += gradients.shRest[dimension * i + c];
      }
    }
    return 0.0;
  };
  VOLPRESS_TRY(const learning::FineTuneOutcome outcome,
               learning::fineTune(cloud, tuning, *context.rasterizer, context.runner,
                                  context.progress, context.stop));
  palette.entries.assign(entries.values.begin(), entries.values.end());
  if (!lessons.trials.empty()) {
    context.log.push_back(fmt::format(
        "fine-tuning: step {} of {} is closest on {} trial views, {:.2f} dB before and {:.2f} dB "
        "after",
        outcome.bestIteration, task.steps, lessons.trials.size(), outcome.firstTrialPsnr,
        outcome.bestTrialPsnr));
  }
  return {};
}

}  // namespace volpress::compressors::mesongs
