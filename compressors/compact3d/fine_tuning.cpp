#include "compressors/compact3d/fine_tuning.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/scene_extent.hpp"
#include "compressors/stages/teachers.hpp"

namespace volpress::compressors::compact3d {
namespace {

/// The paper trains 15,000 steps with codebooks: opacity costs in the first 5,000, with pruning
/// every 1,000, and indices are fixed in the last 5,000.
constexpr unsigned kThirds = 3;
constexpr unsigned kPrunesPerThird = 5;
/// The logit of splats that are gone: their alpha is never drawn.
constexpr float kGone = -20;
constexpr unsigned kWarmUp = 100;

double opacityOf(float logit) { return 1 / (1 + std::exp(-static_cast<double>(logit))); }

/// What the hooks share. Everything that outlives a step is in the learnt array, which checkpoints
/// keep: each group's labels, a flag a splat whether it is gone, and the step of the last refresh.
class CodebookHooks {
public:
  CodebookHooks(const Settings& settings, const TuningTask& task, const Codebooks& books,
                std::size_t count, learning::LearntArray& state, RunContext& context)
      : m_settings(settings),
        m_task(task),
        m_context(context),
        m_books(books),
        m_count(count),
        m_state(state) {
    m_state.name = "codebook indices";
    m_state.values.assign((kGroups + 1) * count + 1, 0.0F);
    m_state.gradient.assign(m_state.values.size(), 0.0F);
    m_state.values.back() = -1;
    storeLabels();
  }

  Result<void> look(const learning::FineTuneStep& at, const GaussianCloud& master,
                    learning::SeenScene& seen) {
    loadLabels();
    centre(master);
    if (!at.trial) {
      fade(at, master);
      VOLPRESS_CHECK(refresh(at, master));
    }
    m_task.roundEntries(m_books);
    applyCodebooks(m_books, seen.cloud, m_context.runner);
    m_task.roundPlain(seen.cloud);
    for (std::size_t i = 0; i < m_count; ++i) {
      if (isGone(i)) {
        seen.cloud.opacityLogits[i] = kGone;
      }
    }
    return {};
  }

  /// The cost of opacity, whose gradient is added; the others pass unchanged.
  double pullBack(const learning::FineTuneStep& at, const GaussianCloud& master,
                  renderer::CloudGradients& gradients) const {
    if (!costs(at)) {
      return 0;
    }
    double sum = 0;
    for (std::size_t i = 0; i < m_count; ++i) {
      if (!isGone(i)) {
        const double opacity = opacityOf(master.opacityLogits[i]);
        sum += opacity;
        gradients.opacityLogits[i] +=
            static_cast<float>(m_settings.opacityWeight * opacity * (1 - opacity));
      }
    }
    return m_settings.opacityWeight * sum;
  }

  /// The codebooks of the state that won, and the splats that stay.
  std::vector<std::uint32_t> finish(const GaussianCloud& master, Codebooks& books) {
    loadLabels();
    centre(master);
    books = m_books;
    std::vector<std::uint32_t> stay;
    for (std::uint32_t i = 0; i < m_count; ++i) {
      if (!isGone(i)) {
        stay.push_back(i);
      }
    }
    return stay;
  }

private:
  [[nodiscard]] bool isGone(std::size_t splat) const {
    return m_state.values[kGroups * m_count + splat] != 0;
  }
  [[nodiscard]] bool costs(const learning::FineTuneStep& at) const {
    return m_settings.opacityWeight > 0 && at.iteration < at.iterations / kThirds;
  }

  void storeLabels() {
    for (std::size_t group = 0; group < kGroups; ++group) {
      std::copy(m_books[group].labels.begin(), m_books[group].labels.end(),
                m_state.values.begin() + static_cast<std::ptrdiff_t>(group * m_count));
    }
  }

  void loadLabels() {
    for (std::size_t group = 0; group < kGroups; ++group) {
      std::vector<std::uint32_t>& labels = m_books[group].labels;
      for (std::size_t i = 0; i < labels.size(); ++i) {
        labels[i] = static_cast<std::uint32_t>(m_state.values[group * m_count + i]);
      }
    }
  }

  void centre(const GaussianCloud& master) {
    m_context.runner.parallelFor(kGroups, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t group = begin; group < end; ++group) {
        centreEntries(valuesOf(master, group), m_task.weights, m_books[group]);
      }
    });
  }

  /// Marks what has faded away.
  void fade(const learning::FineTuneStep& at, const GaussianCloud& master) {
    const unsigned third = at.iterations / kThirds;
    const unsigned every = std::max(1U, third / kPrunesPerThird);
    if (at.iteration == 0 || at.iteration > third || at.iteration % every != 0) {
      return;
    }
    std::size_t left = 0;
    for (std::size_t i = 0; i < m_count; ++i) {
      const bool faint = opacityOf(master.opacityLogits[i]) < m_settings.leastOpacity;
      left += faint ? 0U : 1U;
    }
    for (std::size_t i = 0; left > 0 && i < m_count; ++i) {
      if (opacityOf(master.opacityLogits[i]) < m_settings.leastOpacity) {
        m_state.values[kGroups * m_count + i] = 1;
      }
    }
  }

  /// Splats and entries follow each other. A step that is done again after a checkpoint does not do
  /// it twice.
  Result<void> refresh(const learning::FineTuneStep& at, const GaussianCloud& master) {
    const bool due = at.iteration > 0 && at.iteration % m_settings.refresh == 0 &&
                     at.iteration < at.iterations - at.iterations / kThirds;
    if (!due || m_state.values.back() == static_cast<float>(at.iteration)) {
      return {};
    }
    for (unsigned sweep = 0; sweep < m_settings.sweeps; ++sweep) {
      for (std::size_t group = 0; group < kGroups; ++group) {
        if (m_books[group].dimension != 0) {
          VOLPRESS_CHECK(
              assign(valuesOf(master, group), m_books[group], m_context.runner, m_context.stop));
        }
      }
      centre(master);
    }
    storeLabels();
    m_state.values.back() = static_cast<float>(at.iteration);
    return {};
  }

  const Settings& m_settings;
  const TuningTask& m_task;
  RunContext& m_context;
  Codebooks m_books;
  std::size_t m_count;
  learning::LearntArray& m_state;
};

/// About the rates at which 3DGS ends; they fall, so that short runs settle.
void setRates(learning::FineTuneSettings& settings, float extent) {
  settings.rates[learning::kMeans] = {1.6e-6 * static_cast<double>(extent), 0, 1, 0};
  settings.rates[learning::kLogScales] = {4e-3, 4e-4, 1, 0};
  settings.rates[learning::kRotations] = {1e-3, 1e-4, 1, 0};
  settings.rates[learning::kOpacityLogits] = {2e-2, 2e-3, 1, 0};
  settings.rates[learning::kShDc] = {2.5e-3, 2.5e-4, 1, 0};
  settings.rates[learning::kShRest] = {5e-4, 5e-5, 1, 0};
}

}  // namespace

Result<std::vector<std::uint32_t>> fineTuneCodebooks(const GaussianCloud& original,
                                                     std::span<const Camera> cameras,
                                                     const Settings& settings,
                                                     const TuningTask& task, GaussianCloud& cloud,
                                                     Codebooks& books, RunContext& context) {
  VOLPRESS_TRY(const learning::Lessons lessons, learning::drawLessons(original, cameras, context));

  std::array<learning::LearntArray, 1> arrays;
  CodebookHooks hooks(settings, task, books, cloud.count, arrays[0], context);
  learning::FineTuneTask tuning;
  tuning.settings.iterations = settings.steps;
  tuning.settings.warmUp = std::min(kWarmUp, settings.steps / 10);
  tuning.settings.seed = context.seed;
  setRates(tuning.settings, learning::sceneExtent(learning::camerasOf(lessons.teachers)));
  tuning.teachers = lessons.teachers;
  tuning.trials = lessons.trials;
  tuning.arrays = arrays;
  tuning.identity = task.identity;
  tuning.keepStateIn(context.scratch, "compact3d-tuning.state", context.checkpointSeconds);
  tuning.watcher = context.watcher;
  tuning.hooks.look = [&](const learning::FineTuneStep& at, const GaussianCloud& master,
                          learning::SeenScene& seen) { return hooks.look(at, master, seen); };
  tuning.hooks.pullBack = [&](const learning::FineTuneStep& at, const GaussianCloud& master,
                              const learning::SeenScene&,
                              renderer::CloudGradients& gradients) -> Result<double> {
    return hooks.pullBack(at, master, gradients);
  };
  VOLPRESS_TRY(const learning::FineTuneOutcome outcome,
               learning::fineTune(cloud, tuning, *context.rasterizer, context.runner,
                                  context.progress, context.stop));
  if (!lessons.trials.empty()) {
    context.log.push_back(fmt::format(
        "fine-tuning: step {} of {} is closest on {} trial views, {:.2f} dB before and {:.2f} dB "
        "after",
        outcome.bestIteration, settings.steps, lessons.trials.size(), outcome.firstTrialPsnr,
        outcome.bestTrialPsnr));
  }
  return hooks.finish(cloud, books);
}

}  // namespace volpress::compressors::compact3d
