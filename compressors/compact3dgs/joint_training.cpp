#include "compressors/compact3dgs/joint_training.hpp"

#include <algorithm>

#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/scene_extent.hpp"
#include "compressors/stages/teachers.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

constexpr double kLastShare = 0.1;
/// The released code trains entries at 1e-4 for 1,000 steps.
constexpr double kEntryRate = 1e-4;
constexpr double kFieldRate = 1e-3;
constexpr unsigned kWarmUp = 100;

enum ArrayId : std::size_t { kScaleEntries, kRotationEntries, kGrid, kNetwork };
constexpr std::size_t kArrays = 4;

learning::RateSchedule falling(double rate) { return {rate, kLastShare * rate, 1, 0}; }

/// Entries of all stages as one array.
FloatArray flatten(const ResidualBooks& books) {
  FloatArray entries;
  for (const ResidualBooks::Stage& stage : books.stages) {
    entries.insert(entries.end(), stage.entries.begin(), stage.entries.end());
  }
  return entries;
}

void unflatten(const FloatArray& entries, ResidualBooks& books) {
  auto from = entries.begin();
  for (ResidualBooks::Stage& stage : books.stages) {
    const auto width = static_cast<std::ptrdiff_t>(stage.entries.size());
    std::copy(from, from + width, stage.entries.begin());
    from += width;
  }
}

/// Adds the gradient of each row to the entries that it is the sum of.
void pullEntries(const ResidualBooks& books, const FloatArray& rowGradient,
                 FloatArray& entryGradient) {
  std::size_t first = 0;
  for (const ResidualBooks::Stage& stage : books.stages) {
    for (std::size_t i = 0; i < stage.labels.size(); ++i) {
      const std::size_t entry = first + std::size_t{stage.labels[i]} * books.dimension;
      for (std::size_t c = 0; c < books.dimension; ++c) {
        entryGradient[entry + c] += rowGradient[i * books.dimension + c];
      }
    }
    first += stage.entries.size();
  }
}

FloatArray roundedArray(const FloatArray& values, float step) {
  FloatArray rounded(values.size());
  std::transform(values.begin(), values.end(), rounded.begin(),
                 [step](float value) { return roundedTo(value, step); });
  return rounded;
}

/// What the hooks share.
class JointHooks {
public:
  JointHooks(const JointTask& task, const StoredScene& scene, RunContext& context)
      : m_task(task), m_context(context), m_scales(scene.scales), m_rotations(scene.rotations) {
    set(kScaleEntries, "scale codes", flatten(m_scales), falling(kEntryRate));
    set(kRotationEntries, "rotation codes", flatten(m_rotations), falling(kEntryRate));
    set(kGrid, "colour grid", scene.field.grid, falling(kFieldRate));
    set(kNetwork, "colour network", scene.field.network, falling(kFieldRate));
  }

  [[nodiscard]] std::span<learning::LearntArray> arrays() { return m_arrays; }

  void look(const learning::FineTuneStep& at, const GaussianCloud& master,
            learning::SeenScene& seen) {
    quantise(master);
    m_seen = &seen.cloud;
    sumEntries(m_scales, seen.cloud.logScales, m_context.runner);
    sumEntries(m_rotations, seen.cloud.rotations, m_context.runner);
    for (std::size_t i = 0; i < seen.cloud.count; ++i) {
      float* rotation = &seen.cloud.rotations[4 * i];
      if (std::all_of(rotation, rotation + 4, [](float part) { return part == 0; })) {
        rotation[0] = 1;
      }
    }
    m_task.roundPlain(seen.cloud);
    if (m_task.field == nullptr) {
      return;
    }
    roundWeights(m_arrays[kGrid].values, m_arrays[kNetwork].values, m_task.steps.field,
                 m_seenField);
    m_task.field->look(m_seenField, seen.cloud.means, at.camera->position, m_values, m_rows, m_tape,
                       m_context.runner);
    seen.directColors.resize(m_values.size());
    std::transform(m_values.begin(), m_values.end(), seen.directColors.begin(),
                   [](float value) { return std::max(0.0F, 0.5F + kSh0 * value); });
  }

  /// What was looked at last, with the field's colours as spherical harmonics.
  [[nodiscard]] Result<GaussianCloud> bakedNow() const {
    GaussianCloud baked = withShDegree(*m_seen, learning::kWatchedDegree);
    VOLPRESS_CHECK(m_task.field->bake(m_seenField, baked, m_context.runner, m_context.stop));
    return baked;
  }

  void pullBack(const learning::SeenScene& seen, renderer::CloudGradients& gradients) {
    pullEntries(m_scales, gradients.logScales, m_arrays[kScaleEntries].gradient);
    pullEntries(m_rotations, gradients.rotations, m_arrays[kRotationEntries].gradient);
    if (m_task.field == nullptr) {
      return;
    }
    const ColorField& field = *m_task.field;
    FloatArray pulled(m_values.size());
    for (std::size_t i = 0; i < pulled.size(); ++i) {
      pulled[i] = seen.directColors[i] > 0 ? kSh0 * gradients.colors[i] : 0.0F;
    }
    FloatArray rowGradient(m_rows.size());
    field.network().backward(m_seenField.network, m_rows, m_values, m_tape, pulled, rowGradient,
                             m_arrays[kNetwork].gradient, m_context.runner);
    const std::size_t features = field.grid().outputs();
    FloatArray featureGradient(seen.cloud.count * features);
    for (std::size_t i = 0; i < seen.cloud.count; ++i) {
      std::copy_n(&rowGradient[i * field.inputs()], features, &featureGradient[i * features]);
    }
    field.grid().backward(field.points(seen.cloud.means), featureGradient, m_arrays[kGrid].gradient,
                          m_context.runner);
  }

  /// Hands over the state that won.
  void finish(const GaussianCloud& master, StoredScene& scene) {
    quantise(master);
    scene.scales = m_scales;
    scene.rotations = m_rotations;
    scene.field = {m_arrays[kGrid].values, m_arrays[kNetwork].values};
  }

private:
  void set(ArrayId id, const char* name, const FloatArray& values,
           const learning::RateSchedule& rate) {
    learning::LearntArray& array = m_arrays[id];
    array.name = name;
    array.values = values;
    array.gradient.assign(values.size(), 0.0F);
    array.rate = rate;
  }

  /// Every splat names the nearest of the entries as a decoder sees them.
  void quantise(const GaussianCloud& master) {
    unflatten(roundedArray(m_arrays[kScaleEntries].values, m_task.steps.scales), m_scales);
    unflatten(roundedArray(m_arrays[kRotationEntries].values, m_task.steps.rotations), m_rotations);
    assignRows(master.logScales, m_scales, m_context.runner);
    assignRows(master.rotations, m_rotations, m_context.runner);
  }

  const JointTask& m_task;
  RunContext& m_context;
  ResidualBooks m_scales;
  ResidualBooks m_rotations;
  std::array<learning::LearntArray, kArrays> m_arrays;
  FieldWeights m_seenField;
  const GaussianCloud* m_seen = nullptr;  ///< of the last look
  FloatArray m_values, m_rows, m_tape;
};

}  // namespace

Result<void> trainJointly(const GaussianCloud& original, std::span<const Camera> cameras,
                          const Settings& settings, const JointTask& task, GaussianCloud& student,
                          StoredScene& scene, RunContext& context) {
  VOLPRESS_TRY(const learning::Lessons lessons, learning::drawLessons(original, cameras, context));
  JointHooks hooks(task, scene, context);
  learning::FineTuneTask tuning;
  tuning.settings.iterations = settings.steps;
  tuning.settings.warmUp = std::min(kWarmUp, settings.steps / 10);
  tuning.settings.seed = context.seed;
  const auto extent =
      static_cast<double>(learning::sceneExtent(learning::camerasOf(lessons.teachers)));
  tuning.settings.rates[learning::kMeans] = falling(1.6e-6 * extent);
  tuning.settings.rates[learning::kLogScales] = falling(5e-3);
  tuning.settings.rates[learning::kRotations] = falling(1e-3);
  tuning.settings.rates[learning::kOpacityLogits] = falling(2e-2);
  if (task.field == nullptr) {
    tuning.settings.rates[learning::kShDc] = falling(2.5e-3);
  }
  tuning.teachers = lessons.teachers;
  tuning.trials = lessons.trials;
  tuning.arrays = hooks.arrays();
  tuning.keepStateIn(context.scratch, "compact3dgs-tuning.state", context.checkpointSeconds);
  tuning.watcher = context.watcher;
  tuning.hooks.fromAnySide = [&] { return hooks.bakedNow(); };
  tuning.hooks.looksPerView = task.field != nullptr;
  tuning.hooks.look = [&](const learning::FineTuneStep& at, const GaussianCloud& master,
                          learning::SeenScene& seen) -> Result<void> {
    hooks.look(at, master, seen);
    return {};
  };
  tuning.hooks.pullBack = [&](const learning::FineTuneStep&, const GaussianCloud&,
                              const learning::SeenScene& seen,
                              renderer::CloudGradients& gradients) -> Result<double> {
    hooks.pullBack(seen, gradients);
    return 0.0;
  };
  VOLPRESS_TRY(const learning::FineTuneOutcome outcome,
               learning::fineTune(student, tuning, *context.rasterizer, context.runner,
                                  context.progress, context.stop));
  if (!lessons.trials.empty()) {
    context.log.push_back(fmt::format(
        "fine-tuning: step {} of {} is closest on {} trial views, {:.2f} dB before and {:.2f} dB "
        "after, with the field's own colours",
        outcome.bestIteration, settings.steps, lessons.trials.size(), outcome.firstTrialPsnr,
        outcome.bestTrialPsnr));
  }
  hooks.finish(student, scene);
  return {};
}

}  // namespace volpress::compressors::compact3dgs
