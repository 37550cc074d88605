#include "compressors/compact3dgs/mask.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/scene_extent.hpp"
#include "compressors/stages/teachers.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

/// The logit of splats that are masked: their alpha is never drawn, so they have no gradients.
constexpr float kGone = -20;
/// Sum of the rates of a run: what only its cost moves crosses the threshold about half way (Adam
/// remembers the steeper sigmoid at the start), which leaves the other half to recover in. The
/// paper has 0.01 a step over 30,000 steps.
constexpr double kMaskWay = 30;
constexpr double kMostMaskRate = 0.5;
constexpr double kLastShare = 0.1;

double sigmoid(double value) { return 1 / (1 + std::exp(-value)); }

}  // namespace

bool maskKeeps(float mask) noexcept { return sigmoid(static_cast<double>(mask)) > kMaskThreshold; }

double maskPull(const float* logScaleGradient, float opacityGradient, float opacityLogit) noexcept {
  // log(s M) moves by dM. The opacity o M moves by o dM, its logit by o dM / (o (1 - o)).
  double pull = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    pull += static_cast<double>(logScaleGradient[axis]);
  }
  return pull +
         static_cast<double>(opacityGradient) * (1 + std::exp(static_cast<double>(opacityLogit)));
}

Result<void> learnMask(const GaussianCloud& original, std::span<const Camera> cameras,
                       const Settings& settings, GaussianCloud& student, RunContext& context) {
  std::vector<learning::TeacherView> teachers(context.photos.begin(), context.photos.end());
  if (teachers.empty()) {
    VOLPRESS_TRY(teachers, learning::drawTeachers(original, cameras, context));
  } else {
    context.learntFromPhotos = true;
  }
  const std::size_t count = student.count;
  std::array<learning::LearntArray, 1> arrays;
  learning::LearntArray& mask = arrays[0];
  mask.name = "mask";
  mask.values.assign(count, kMaskStart);
  mask.gradient.assign(count, 0.0F);
  mask.rate = {std::min(kMostMaskRate, kMaskWay / settings.maskSteps), 0, 1, 0};

  learning::FineTuneTask task;
  task.settings.iterations = settings.maskSteps;
  task.settings.warmUp = settings.maskSteps / 10;
  task.settings.seed = context.seed;
  const auto extent = static_cast<double>(learning::sceneExtent(cameras));
  const auto falling = [](double rate) {
    return learning::RateSchedule{rate, kLastShare * rate, 1, 0};
  };
  task.settings.rates[learning::kMeans] = falling(1.6e-6 * extent);
  task.settings.rates[learning::kLogScales] = falling(5e-3);
  task.settings.rates[learning::kRotations] = falling(1e-3);
  task.settings.rates[learning::kOpacityLogits] = falling(5e-2);
  task.settings.rates[learning::kShDc] = falling(2.5e-3);
  task.settings.rates[learning::kShRest] = falling(2.5e-3 / 20);
  task.teachers = teachers;
  task.arrays = arrays;
  // Without trial views: the unmasked scene is always closest to itself.
  ByteWriter identity;
  identity.write(settings.maskWeight);
  task.identity = hashBytes(identity.bytes());
  task.keepStateIn(context.scratch, "compact3dgs-mask.state", context.checkpointSeconds);
  task.hooks.look = [&](const learning::FineTuneStep&, const GaussianCloud&,
                        learning::SeenScene& seen) -> Result<void> {
    for (std::size_t i = 0; i < count; ++i) {
      if (!maskKeeps(mask.values[i])) {
        seen.cloud.opacityLogits[i] = kGone;
      }
    }
    return {};
  };
  task.hooks.pullBack = [&](const learning::FineTuneStep&, const GaussianCloud& master,
                            const learning::SeenScene&,
                            renderer::CloudGradients& gradients) -> Result<double> {
    const double weight = settings.maskWeight / static_cast<double>(count);
    double sum = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const double soft = sigmoid(static_cast<double>(mask.values[i]));
      sum += soft;
      const double pull = maskPull(&gradients.logScales[3 * i], gradients.opacityLogits[i],
                                   master.opacityLogits[i]);
      mask.gradient[i] += static_cast<float>((pull + weight) * soft * (1 - soft));
    }
    return weight * sum;
  };
  VOLPRESS_CHECK(learning::fineTune(student, task, *context.rasterizer, context.runner,
                                    context.progress, context.stop));
  std::vector<std::uint32_t> stay;
  std::size_t best = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    best = mask.values[i] > mask.values[best] ? i : best;
    if (maskKeeps(mask.values[i])) {
      stay.push_back(i);
    }
  }
  if (stay.empty()) {
    stay.push_back(static_cast<std::uint32_t>(best));
  }
  context.log.push_back(fmt::format("the mask keeps {} of {} splats", stay.size(), count));
  student = gatherSplats(student, stay);
  return {};
}

}  // namespace volpress::compressors::compact3dgs
