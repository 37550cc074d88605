#include "compressors/gaussianforest/fitting.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/shape_loss.hpp"
#include "compressors/learning/view_order.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

constexpr std::size_t kBatch = 4096;  ///< leaves of a step, in runs
constexpr std::size_t kRun = 64;
constexpr float kFreshFeatures = 0.1F;  ///< standard deviation
constexpr float kShapeWeight = 0.05F;
constexpr learning::RateSchedule kFeatureRate{0.0075 * 4, 0.0075 * 0.4};
constexpr learning::RateSchedule kNetRate{0.004, 0.0004};

double squares(const float* found, const float* wanted, std::size_t count, float weight,
               float* gradient) {
  double loss = 0;
  for (std::size_t c = 0; c < count; ++c) {
    const float difference = found[c] - wanted[c];
    loss += static_cast<double>(weight * difference * difference);
    gradient[c] += 2 * weight * difference;
  }
  return loss;
}

/// The leaves of a step: runs that start at random, so that all leaves of a node pull together.
std::vector<std::uint32_t> leavesOf(std::uint64_t seed, std::size_t count) {
  std::vector<std::uint32_t> leaves;
  if (count <= kBatch) {
    return leaves;
  }
  for (std::size_t run = 0; run < kBatch / kRun; ++run) {
    const std::uint64_t start = learning::mixSeed(seed, run) % (count - kRun);
    for (std::size_t i = 0; i < kRun; ++i) {
      leaves.push_back(static_cast<std::uint32_t>(start + i));
    }
  }
  return leaves;
}

void zero(renderer::CloudGradients& gradients, const GaussianCloud& cloud) {
  gradients.logScales.assign(cloud.logScales.size(), 0.0F);
  gradients.rotations.assign(cloud.rotations.size(), 0.0F);
  gradients.shDc.assign(cloud.shDc.size(), 0.0F);
  gradients.shRest.assign(cloud.shRest.size(), 0.0F);
}

/// Nearly normal deviates, the same with every library.
float deviate(std::uint64_t seed, std::uint64_t index) {
  double sum = -6;
  for (std::uint64_t k = 0; k < 12; ++k) {
    sum += std::ldexp(static_cast<double>(learning::mixSeed(seed, 12 * index + k) >> 11), -53);
  }
  return static_cast<float>(sum);
}

}  // namespace

SharedAttributes freshAttributes(const Forest& forest, const LeafDecoder& decoder,
                                 const GaussianCloud& cloud, std::uint64_t seed) {
  SharedAttributes shared;
  shared.nodeFeatures.resize(forest.nodes() * decoder.widths().node);
  shared.rootFeatures.resize(forest.roots * decoder.widths().root);
  std::uint64_t purpose = 0;
  for (FloatArray* features : {&shared.nodeFeatures, &shared.rootFeatures}) {
    const std::uint64_t own = learning::mixSeed(seed, ++purpose);
    for (std::size_t i = 0; i < features->size(); ++i) {
      (*features)[i] = kFreshFeatures * deviate(own, i);
    }
  }
  shared.shapeNet = decoder.shapeNet().freshParameters(learning::mixSeed(seed, 3));
  shared.colorNet = decoder.colorNet().freshParameters(learning::mixSeed(seed, 4));
  std::vector<double> sums(forest.nodes(), 0.0);
  const std::vector<std::uint32_t> counts = leafCounts(forest);
  for (std::size_t i = 0; i < forest.leaves(); ++i) {
    const float* scales = cloud.logScales.data() + 3 * i;
    const float longest = std::max({scales[0], scales[1], scales[2]});
    for (std::size_t c = 0; c < 3; ++c) {
      sums[forest.nodeOfLeaf[i]] +=
          static_cast<double>(std::max(scales[c], longest + learning::kThinnestAxis)) / 3;
    }
  }
  shared.nodeLogSizes.resize(forest.nodes());
  for (std::size_t node = 0; node < forest.nodes(); ++node) {
    shared.nodeLogSizes[node] = static_cast<float>(sums[node] / counts[node]);
  }
  return shared;
}

double splatLoss(const GaussianCloud& decoded, std::size_t i, const GaussianCloud& target,
                 std::size_t j, float weight, renderer::CloudGradients& gradients) {
  const std::size_t rest = 3 * shRestCount(target.shDegree);
  return learning::shapeLoss(decoded, i, learning::shapeOf(target, j), kShapeWeight * weight,
                             gradients) +
         squares(decoded.shDc.data() + 3 * i, target.shDc.data() + 3 * j, 3, weight,
                 gradients.shDc.data() + 3 * i) +
         squares(decoded.shRest.data() + rest * i, target.shRest.data() + rest * j, rest, weight,
                 gradients.shRest.data() + rest * i);
}

Result<double> fitShared(const FitTask& task, SharedAttributes& shared, RunContext& context) {
  const Forest& forest = task.forest;
  const NodePlaces places = placesOf(forest, task.target.means);
  std::array<FloatArray*, 4> values{&shared.nodeFeatures, &shared.rootFeatures, &shared.shapeNet,
                                    &shared.colorNet};
  std::array<FloatArray, 4> gradients;
  std::array<learning::Adam, 4> adam;
  for (std::size_t i = 0; i < values.size(); ++i) {
    gradients[i].assign(values[i]->size(), 0.0F);
  }
  LeafTape tape;
  tape.places = places;
  GaussianCloud decoded;
  renderer::CloudGradients pulled;
  double running = 0;
  for (unsigned step = 0; step < task.steps; ++step) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "fitting was cancelled");
    }
    tape.leaves = leavesOf(learning::mixSeed(context.seed, step), forest.leaves());
    const std::size_t count = tape.leaves.empty() ? forest.leaves() : tape.leaves.size();
    resizeCloud(decoded, count, task.decoder.shDegree());
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t leaf = tape.leaves.empty() ? i : tape.leaves[i];
      std::copy_n(task.target.means.data() + 3 * leaf, 3, decoded.means.data() + 3 * i);
    }
    task.decoder.decode(forest, shared, decoded, tape, context.runner);
    zero(pulled, decoded);
    double loss = 0;
    for (std::size_t i = 0; i < count; ++i) {
      const std::size_t leaf = tape.leaves.empty() ? i : tape.leaves[i];
      const float weight = task.weights[leaf] / static_cast<float>(count);
      loss += splatLoss(decoded, i, task.target, leaf, weight, pulled);
    }
    task.decoder.pullBack(forest, shared, tape, pulled,
                          {gradients[0], gradients[1], gradients[2], gradients[3]}, context.runner);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const learning::RateSchedule& rate = i < 2 ? kFeatureRate : kNetRate;
      adam[i].step(*values[i], gradients[i], learning::rateAt(rate, step, task.steps),
                   context.runner);
    }
    running = step == 0 ? loss : 0.95 * running + 0.05 * loss;
    context.progress.report(static_cast<double>(step + 1) / task.steps,
                            fmt::format("{}/{} steps, loss {:.4f}", step + 1, task.steps, running));
  }
  return running;
}

}  // namespace volpress::compressors::gaussianforest
