#include "compressors/volpress/tuning.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "compressors/learning/fine_tune.hpp"
#include "compressors/stages/significance.hpp"
#include "compressors/stages/teachers.hpp"
#include "compressors/volpress/palette_fit.hpp"

namespace volpress::compressors::own {
namespace {

constexpr std::size_t kSplatGrain = 4096;
/// Pseudo-views move off the given ones by this share of their distance.
constexpr double kJitter = 0.0125;
/// Steps between looks at the real coder. Its grids move with what they predict from, so the errors
/// between two looks are as good a sample as any.
constexpr unsigned kStepsPerLook = 25;

template <typename Cloud>
auto arraysOf(Cloud& cloud) {
  return std::array{&cloud.means,         &cloud.logScales, &cloud.rotations,
                    &cloud.opacityLogits, &cloud.shDc,      &cloud.shRest};
}

void normaliseRotations(GaussianCloud& cloud, TaskRunner& runner) {
  runner.parallelFor(cloud.count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      float* q = &cloud.rotations[4 * i];
      const float length = std::sqrt(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
      std::for_each(q, q + 4, [length](float& part) { part /= length; });
    }
  });
}

/// Of the eight quaternions that turn an ellipsoid alike (half turns about its axes, and signs) the
/// one nearest to `like`.
std::array<float, 4> likest(const float* q, const float* like) noexcept {
  const std::array<std::array<float, 4>, 4> turned{{{q[0], q[1], q[2], q[3]},
                                                    {-q[1], q[0], q[3], -q[2]},
                                                    {-q[2], -q[3], q[0], q[1]},
                                                    {-q[3], q[2], -q[1], q[0]}}};
  std::array<float, 4> best = turned[0];
  float most = -1;
  for (const std::array<float, 4>& one : turned) {
    const float dot = one[0] * like[0] + one[1] * like[1] + one[2] * like[2] + one[3] * like[3];
    if (std::abs(dot) > most) {
      most = std::abs(dot);
      best = one;
      if (dot < 0) {
        std::for_each(best.begin(), best.end(), [](float& part) { part = -part; });
      }
    }
  }
  return best;
}

/// What the coder makes of a cloud, splat by splat: the errors of all arrays, one after the other.
class CoderErrors {
public:
  CoderErrors(const Sensitivities& sensitivities, const TuningOptions& options, RunContext& context)
      : m_show(sensitivities), m_options(options), m_context(context) {}

  /// Writes the errors of `master` (decoded minus wanted), in the order of arraysOf.
  Result<void> lookUp(const GaussianCloud& master, FloatArray& errors) const {
    GaussianCloud unit = master;
    normaliseRotations(unit, m_context.runner);
    std::vector<std::uint32_t> all(master.count);
    std::iota(all.begin(), all.end(), 0U);
    std::vector<std::uint32_t> order;
    VOLPRESS_TRY(Layer layer, buildLayer(unit, m_show, all, m_options.target, m_context.runner,
                                         m_context.stop, order));
    VOLPRESS_CHECK(writeLayer(layer, m_options.writing, m_context.runner, m_context.stop));
    GaussianCloud decoded;
    resizeCloud(decoded, master.count, master.shDegree);
    toCloud(layer, 0, decoded, m_context.runner);
    std::size_t first = 0;
    for (std::size_t a = 0; a < arraysOf(master).size(); ++a) {
      const FloatArray& wanted = *arraysOf(master)[a];
      const FloatArray& values = *arraysOf(decoded)[a];
      const std::size_t width = wanted.size() / master.count;
      for (std::size_t i = 0; i < order.size(); ++i) {
        const float* goal = wanted.data() + width * order[i];
        const float* value = values.data() + width * i;
        std::array<float, 4> turned{};
        if (&wanted == &master.rotations) {
          turned = likest(value, goal);
          value = turned.data();
        }
        for (std::size_t c = 0; c < width; ++c) {
          errors[first + width * order[i] + c] = value[c] - goal[c];
        }
      }
      first += wanted.size();
    }
    return {};
  }

private:
  const Sensitivities& m_show;
  const TuningOptions& m_options;
  RunContext& m_context;
};

std::size_t numbersOf(const GaussianCloud& cloud) {
  std::size_t numbers = 0;
  for (const FloatArray* values : arraysOf(cloud)) {
    numbers += values->size();
  }
  return numbers;
}

void add(const FloatArray& errors, GaussianCloud& seen) {
  std::size_t first = 0;
  for (FloatArray* values : arraysOf(seen)) {
    for (std::size_t i = 0; i < values->size(); ++i) {
      (*values)[i] += errors[first + i];
    }
    first += values->size();
  }
}

learning::FineTuneSettings settingsFor(const GaussianCloud& cloud, const TuningOptions& options,
                                       std::uint64_t seed) {
  // Rates of LightGaussian's recovery; positions in shares of the scene's core.
  constexpr unsigned kPrecision = 10;
  const coding::PositionGrid grid = coding::PositionGrid::over(cloud.means, kPrecision);
  const double extent = std::ldexp(static_cast<double>(grid.cell), kPrecision);
  learning::FineTuneSettings settings;
  settings.iterations = options.iterations;
  settings.rates[learning::kMeans] = {2e-5 * extent, 2e-6 * extent};
  settings.rates[learning::kLogScales] = {5e-3, 1e-3};
  settings.rates[learning::kRotations] = {2e-3, 4e-4};
  settings.rates[learning::kOpacityLogits] = {2e-2, 4e-3};
  settings.rates[learning::kShDc] = {4e-3, 8e-4};
  if (!sharesBands(cloud)) {  // SH that splats share stay so
    settings.rates[learning::kShRest] = {4e-4, 8e-5};
  }
  settings.warmUp = options.iterations / 20;
  settings.seed = seed;
  return settings;
}

}  // namespace

Result<void> tuneSplats(GaussianCloud& kept, const GaussianCloud& original,
                        const Sensitivities& sensitivities, const TuningOptions& options,
                        RunContext& context) {
  const std::vector<Camera> given = coding::trainingCameras(context.views);
  constexpr std::size_t kAnySplat = 0;
  const std::array<float, 3> about{original.means[kAnySplat], original.means[kAnySplat + 1],
                                   original.means[kAnySplat + 2]};
  VOLPRESS_TRY(
      const learning::Lessons lessons,
      learning::drawLessons(original, given, context, learning::PseudoViews{kJitter, about}));
  const CoderErrors coder(sensitivities, options, context);
  // The errors in use stand in an array of the run, so that a checkpoint holds them.
  std::array<learning::LearntArray, 1> arrays;
  FloatArray& errors = arrays[0].values;
  arrays[0].name = "errors of the coder";
  errors.assign(numbersOf(kept), 0.0F);
  arrays[0].gradient = errors;
  FloatArray tried = errors;
  learning::FineTuneTask task;
  task.settings = settingsFor(kept, options, context.seed);
  task.teachers = lessons.teachers;
  task.trials = lessons.trials;
  task.arrays = arrays;
  task.watcher = context.watcher;
  task.hooks.look = [&](const learning::FineTuneStep& step, const GaussianCloud& master,
                        learning::SeenScene& seen) -> Result<void> {
    if (step.trial) {
      VOLPRESS_CHECK(coder.lookUp(master, tried));
    } else if (step.iteration % kStepsPerLook == 0) {
      VOLPRESS_CHECK(coder.lookUp(master, errors));
    }
    add(step.trial ? tried : errors, seen.cloud);
    return {};
  };
  task.keepStateIn(context.scratch, "volpress-tuning.state", context.checkpointSeconds);
  task.identity = hashBytes(viewBytes(std::span<const double>(&options.target.slope, 1)));
  VOLPRESS_TRY(const learning::FineTuneOutcome outcome,
               learning::fineTune(kept, task, *context.rasterizer, context.runner, context.progress,
                                  context.stop));
  normaliseRotations(kept, context.runner);
  context.log.push_back(fmt::format(
      "fine-tuning: {:.2f} dB before, {:.2f} dB after {} of {} steps, on views not learnt from",
      outcome.firstTrialPsnr, outcome.bestTrialPsnr, outcome.bestIteration, options.iterations));
  return {};
}

}  // namespace volpress::compressors::own
