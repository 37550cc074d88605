#include "compressors/sags/fitting.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/shape_loss.hpp"
#include "compressors/learning/view_order.hpp"

namespace volpress::compressors::sags {
namespace {

constexpr std::size_t kBatch = 2048;  ///< points of a step, in runs
constexpr std::size_t kRun = 64;
constexpr float kShapeWeight = 0.05F;
constexpr float kPlaceWeight = 0.05F;
constexpr float kOpacityWeight = 0.1F;
/// Rates of the paper's training, falling to a tenth.
constexpr std::array<double, kParts> kRates{0.0075, 0.007, 0.005, 0.005,
                                            0.005,  0.002, 0.008, 0.004};
constexpr double kLastShare = 0.1;
/// Shorter runs than the paper's take longer steps with the features.
constexpr double kHaste = 2;

std::vector<std::uint32_t> rowsOfStep(std::uint64_t seed, std::size_t count) {
  std::vector<std::uint32_t> rows;
  if (count <= kBatch) {
    return rows;
  }
  for (std::size_t run = 0; run < kBatch / kRun; ++run) {
    const std::uint64_t start = learning::mixSeed(seed, run) % (count - kRun);
    for (std::size_t i = 0; i < kRun; ++i) {
      rows.push_back(static_cast<std::uint32_t>(start + i));
    }
  }
  return rows;
}

void zero(renderer::CloudGradients& gradients, const GaussianCloud& cloud) {
  gradients.means.assign(cloud.means.size(), 0.0F);
  gradients.logScales.assign(cloud.logScales.size(), 0.0F);
  gradients.rotations.assign(cloud.rotations.size(), 0.0F);
  gradients.opacityLogits.assign(cloud.opacityLogits.size(), 0.0F);
  gradients.shDc.assign(cloud.shDc.size(), 0.0F);
  gradients.shRest.assign(cloud.shRest.size(), 0.0F);
}

double squares(const float* found, const float* wanted, std::size_t count, float weight,
               float* gradient) {
  double loss = 0;
  for (std::size_t c = 0; c < count; ++c) {
    const float off = found[c] - wanted[c];
    loss += static_cast<double>(weight * off * off);
    gradient[c] += 2 * weight * off;
  }
  return loss;
}

/// Shape and colours.
double lookLoss(const GaussianCloud& decoded, std::size_t row, const GaussianCloud& target,
                std::size_t splat, float weight, renderer::CloudGradients& gradients) {
  const std::size_t rest = 3 * shRestCount(target.shDegree);
  return learning::shapeLoss(decoded, row, learning::shapeOf(target, splat), kShapeWeight * weight,
                             gradients) +
         squares(decoded.shDc.data() + 3 * row, target.shDc.data() + 3 * splat, 3, weight,
                 gradients.shDc.data() + 3 * row) +
         squares(decoded.shRest.data() + rest * row, target.shRest.data() + rest * splat, rest,
                 weight, gradients.shRest.data() + rest * row);
}

/// Squared distance over what the point may move, and of what the opacity head says.
double placeLoss(const GaussianCloud& decoded, const Tape& tape, std::size_t row, std::size_t point,
                 const GaussianCloud& target, std::size_t splat, float weight,
                 renderer::CloudGradients& gradients, FloatArray& opacityGradient) {
  double loss = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    const float unit = std::exp(-tape.sizes[kSizeWidth * point + c]);
    const float off = (decoded.means[3 * row + c] - target.means[3 * splat + c]) * unit;
    if (!(std::abs(off) < 1e3F)) {
      continue;  // out of reach
    }
    loss += static_cast<double>(kPlaceWeight * weight * off * off);
    gradients.means[3 * row + c] += 2 * kPlaceWeight * weight * off * unit;
  }
  const float off = tape.opacityOut[row] - opacityOutOf(target.opacityLogits[splat]);
  opacityGradient[row] = 2 * kOpacityWeight * weight * off;
  return loss + static_cast<double>(kOpacityWeight * weight * off * off);
}

}  // namespace

Result<double> fitPoints(const FitTask& task, Weights& weights, RunContext& context) {
  Weights gradients;
  std::array<learning::Adam, kParts> adam;
  for (std::size_t part = 0; part < kParts; ++part) {
    gradients[part].assign(weights[part].size(), 0.0F);
  }
  Tape tape;
  GaussianCloud decoded;
  FloatArray unused;
  FloatArray opacityGradient;
  renderer::CloudGradients pulled;
  double running = 0;
  for (unsigned step = 0; step < task.steps; ++step) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "fitting was cancelled");
    }
    tape.rows = rowsOfStep(learning::mixSeed(context.seed, step), task.points.count());
    task.decoder.decode(task.points, weights, tape, decoded, unused, context.runner);
    zero(pulled, decoded);
    opacityGradient.assign(decoded.count, 0.0F);
    double loss = 0;
    for (std::size_t row = 0; row < decoded.count; ++row) {
      const std::size_t point = tape.rows.empty() ? row : tape.rows[row];
      const std::size_t splat = task.targets[point];
      const float weight = task.importance[splat] / static_cast<float>(decoded.count);
      loss +=
          lookLoss(decoded, row, task.target, splat, weight, pulled) +
          placeLoss(decoded, tape, row, point, task.target, splat, weight, pulled, opacityGradient);
    }
    task.decoder.pullBack(task.points, weights, tape, {pulled, opacityGradient}, gradients,
                          context.runner);
    for (std::size_t part = 0; part < kParts; ++part) {
      const double first = kRates[part] * (part == kFeatures ? kHaste : 1);
      const learning::RateSchedule rate{first, first * kLastShare, 1, 0};
      adam[part].step(weights[part], gradients[part], learning::rateAt(rate, step, task.steps),
                      context.runner);
    }
    running = step == 0 ? loss : 0.95 * running + 0.05 * loss;
    context.progress.report(static_cast<double>(step + 1) / task.steps,
                            fmt::format("{}/{} steps, loss {:.4f}", step + 1, task.steps, running));
  }
  return running;
}

}  // namespace volpress::compressors::sags
