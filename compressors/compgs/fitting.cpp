#include "compressors/compgs/fitting.hpp"

#include <algorithm>
#include <cmath>

#include "compressors/learning/adam.hpp"
#include "compressors/learning/fine_tune.hpp"
#include "compressors/learning/shape_loss.hpp"
#include "compressors/learning/view_order.hpp"
#include "scene/types/spherical_harmonics.hpp"

namespace volpress::compressors::compgs {
namespace {

constexpr std::size_t kRun = 32;   ///< anchors next to each other that are looked at together
constexpr std::size_t kRuns = 12;  ///< of a step
constexpr float kPositionWeight = 0.6F;
constexpr float kShapeWeight = 0.05F;
constexpr float kOpacityWeight = 6;
constexpr float kColorWeight = 24;
constexpr float kLeastAlpha = 1.0F / 255;
constexpr learning::RateSchedule kFeatureRate{0.06, 0.006};
constexpr learning::RateSchedule kScaleRate{0.02, 0.002};
constexpr learning::RateSchedule kStepRate{0.01, 0.001};
constexpr learning::RateSchedule kNetRate{0.005, 0.0004};
constexpr learning::RateSchedule kPriorRate{0.02, 0.002};
/// What a bit costs here against its cost in pictures: the loss has other units.
constexpr double kRateScale = 20;

const learning::RateSchedule& rateOf(std::size_t part) {
  switch (part) {
    case kReference:
    case kResidual: return kFeatureRate;
    case kScales: return kScaleRate;
    case kScaleSteps: return kStepRate;
    case kReferencePrior:
    case kResidualPrior: return kPriorRate;
    default: return kNetRate;
  }
}

/// Adam on some rows of an array; each row has moments of its own.
class RowAdam {
public:
  RowAdam(std::size_t rows, std::size_t width)
      : m_width(width), m_first(rows * width, 0.0F), m_second(rows * width, 0.0F) {}

  void step(FloatArray& values, std::span<const std::uint32_t> rows, FloatArray& gradient,
            double rate, std::uint64_t visits, TaskRunner& runner) {
    learning::Adam adam;
    FloatArray part;
    gather(values, rows, part);
    gather(m_first, rows, adam.first);
    gather(m_second, rows, adam.second);
    adam.steps = visits;
    adam.step(part, gradient, rate, runner);
    scatter(part, rows, values);
    scatter(adam.first, rows, m_first);
    scatter(adam.second, rows, m_second);
  }

private:
  void gather(const FloatArray& from, std::span<const std::uint32_t> rows, FloatArray& to) const {
    to.resize(rows.size() * m_width);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::copy_n(from.data() + rows[i] * m_width, m_width, to.data() + i * m_width);
    }
  }
  void scatter(const FloatArray& from, std::span<const std::uint32_t> rows, FloatArray& to) const {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      std::copy_n(from.data() + i * m_width, m_width, to.data() + rows[i] * m_width);
    }
  }

  std::size_t m_width;
  FloatArray m_first, m_second;
};

void zero(Primitives& gradient, const Primitives& of) {
  gradient.means.assign(of.means.size(), 0.0F);
  gradient.logScales.assign(of.logScales.size(), 0.0F);
  gradient.rotations.assign(of.rotations.size(), 0.0F);
  gradient.openness.assign(of.openness.size(), 0.0F);
  gradient.colors.assign(of.colors.size(), 0.0F);
}

/// The splat's colour as a camera at `eye` sees it, within 0..1.
std::array<float, 3> shownColor(const GaussianCloud& cloud, std::size_t splat, const float* eye) {
  std::array<float, kMaxShBasis> basis{};
  evaluateShBasis(cloud.shDegree, cloud.means.data() + 3 * splat, {eye[0], eye[1], eye[2]}, basis);
  const std::size_t rest = shRestCount(cloud.shDegree);
  std::array<float, 3> color{};
  for (std::size_t c = 0; c < 3; ++c) {
    float sum = 0.5F + kSh0 * cloud.shDc[3 * splat + c];
    for (std::size_t k = 0; k < rest; ++k) {
      sum += cloud.shRest[3 * (rest * splat + k) + c] * basis[k + 1];
    }
    color[c] = std::clamp(sum, 0.0F, 1.0F);
  }
  return color;
}

}  // namespace

std::array<float, kStreams> rateWeights(const Settings& settings, double lambda,
                                        std::size_t anchors) {
  std::size_t numbers = 0;
  for (const std::size_t width : kStreamWidths) {
    numbers += width;
  }
  std::array<float, kStreams> weights{};
  for (std::size_t stream = 0; stream < kStreams; ++stream) {
    const std::size_t share = settings.ratePerElement ? kStreamWidths[stream] : numbers;
    weights[stream] =
        static_cast<float>(lambda / static_cast<double>(std::max<std::size_t>(1, anchors) * share));
  }
  return weights;
}

double primitiveLoss(const FitTask& task, std::span<const std::uint32_t> anchors,
                     std::span<const float> eyes, const Primitives& primitives,
                     Primitives& gradient) {
  const GaussianCloud& target = task.target;
  zero(gradient, primitives);
  // The shape's distance works on clouds.
  GaussianCloud decoded;
  decoded.logScales = primitives.logScales;
  decoded.rotations = primitives.rotations;
  renderer::CloudGradients shapes;
  shapes.logScales.assign(primitives.logScales.size(), 0.0F);
  shapes.rotations.assign(primitives.rotations.size(), 0.0F);
  double loss = 0;
  const float share = 1 / static_cast<float>(anchors.size() * kPrimitives);
  for (std::size_t i = 0; i < primitives.openness.size(); ++i) {
    const std::size_t row = i / kPrimitives;
    const std::uint32_t splat = task.planting.splats[anchors[row] * kPrimitives + i % kPrimitives];
    const float opacity = std::tanh(primitives.openness[i]);
    if (splat == kNoSplat) {  // it should not show
      if (opacity > -kLeastAlpha) {
        const float distance = opacity + 0.1F;
        loss += static_cast<double>(share * kOpacityWeight * distance * distance);
        gradient.openness[i] = share * kOpacityWeight * 2 * distance * (1 - opacity * opacity);
      }
      continue;
    }
    const float weight = share * task.weights[splat];
    const float* axes = target.logScales.data() + 3 * std::size_t{splat};
    const float longest = std::max({axes[0], axes[1], axes[2]});
    float size = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      size += std::max(axes[c], longest + learning::kThinnestAxis) / 3;
    }
    // Places: sqrt(1 + distance^2) - 1, distance in sizes of the splat.
    const float unit = std::exp(-size);
    std::array<float, 3> offset{};
    float squares = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      offset[c] = unit * (primitives.means[3 * i + c] - target.means[3 * std::size_t{splat} + c]);
      squares += offset[c] * offset[c];
    }
    const float root = std::sqrt(1 + squares);
    loss += static_cast<double>(weight * kPositionWeight * (root - 1));
    for (std::size_t c = 0; c < 3; ++c) {
      gradient.means[3 * i + c] = weight * kPositionWeight * unit * offset[c] / root;
    }
    loss += learning::shapeLoss(decoded, i, learning::shapeOf(target, splat), kShapeWeight * weight,
                                shapes);
    const float wanted = 1 / (1 + std::exp(-target.opacityLogits[splat]));
    const float distance = opacity - wanted;
    loss += static_cast<double>(weight * kOpacityWeight * distance * distance);
    gradient.openness[i] = weight * kOpacityWeight * 2 * distance * (1 - opacity * opacity);
    const std::array<float, 3> color = shownColor(target, splat, eyes.data() + 3 * row);
    for (std::size_t c = 0; c < 3; ++c) {
      const float apart = primitives.colors[3 * i + c] - color[c];
      loss += static_cast<double>(weight * kColorWeight * apart * apart);
      gradient.colors[3 * i + c] = weight * kColorWeight * 2 * apart;
    }
  }
  gradient.logScales = std::move(shapes.logScales);
  gradient.rotations = std::move(shapes.rotations);
  return loss;
}

Result<double> fitModel(const FitTask& task, const Settings& settings, unsigned steps, Model& model,
                        RunContext& context) {
  const std::size_t count = task.planting.anchors.count();
  const std::size_t runs = (count + kRun - 1) / kRun;
  const std::size_t together = std::min(kRuns, runs);
  learning::ViewOrder order(runs, context.seed);
  std::array<RowAdam, 3> rowAdam{RowAdam(count, kReferenceWidth), RowAdam(count, kResiduals),
                                 RowAdam(count, kScaleWidth)};
  std::array<learning::Adam, kParts> adam;
  std::array<FloatArray, kParts> gradients;
  ModelGradients spans;
  for (std::size_t part = kScaleSteps; part < kParts; ++part) {
    gradients[part].assign(model[part].size(), 0.0F);
    spans[part] = gradients[part];
  }
  Model networks;
  LatentTape tape;
  Primitives primitives;
  Primitives pulled;
  LatentRows rowGradient;
  std::vector<std::uint32_t> anchors;
  FloatArray means;
  FloatArray eyes;
  double running = 0;
  for (unsigned step = 0; step < steps; ++step) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "fitting was cancelled");
    }
    const std::uint64_t seed = learning::mixSeed(context.seed, step);
    anchors.clear();
    for (std::size_t i = 0; i < together; ++i) {
      const std::size_t run = order.at(std::uint64_t{step} * together + i);
      for (std::size_t anchor = run * kRun; anchor < std::min(count, (run + 1) * kRun); ++anchor) {
        anchors.push_back(static_cast<std::uint32_t>(anchor));
      }
    }
    // A run may come twice in a step that ends a round.
    std::sort(anchors.begin(), anchors.end());
    anchors.erase(std::unique(anchors.begin(), anchors.end()), anchors.end());
    means.resize(3 * anchors.size());
    eyes.resize(3 * anchors.size());
    for (std::size_t i = 0; i < anchors.size(); ++i) {
      std::copy_n(task.planting.anchors.means.data() + 3 * anchors[i], 3, means.data() + 3 * i);
      const auto& eye = task.eyes[learning::mixSeed(seed, i) % task.eyes.size()];
      std::copy(eye.begin(), eye.end(), eyes.data() + 3 * i);
    }
    gatherRows(model, anchors, tape.exact);
    roundNetworks(model, settings.networkBits, networks);
    roundLatents(model, networks, task.options, tape, context.runner);
    const SeenAnchors seen{means, tape.seen, eyes, task.unit};
    decodePrimitives(networks, seen, primitives, context.runner);
    double loss = primitiveLoss(task, anchors, eyes, primitives, pulled);
    pullBackPrimitives(networks, seen, pulled, rowGradient, spans, context.runner);
    const auto weights = rateWeights(settings, kRateScale * settings.lambda, anchors.size());
    const StreamBits bits = pullBackLatents(model, networks, task.options, tape, weights, seed,
                                            rowGradient, spans, context.runner);
    for (std::size_t stream = 0; stream < kStreams; ++stream) {
      loss += static_cast<double>(weights[stream]) * bits[stream];
    }
    const std::uint64_t visits = std::uint64_t{step} * together / runs;
    for (std::size_t part = 0; part < kParts; ++part) {
      const double rate = learning::rateAt(rateOf(part), step, steps);
      if (part >= kScaleSteps) {
        adam[part].step(model[part], gradients[part], rate, context.runner);
      } else {
        FloatArray& gradient = part == kReference  ? rowGradient.reference
                               : part == kResidual ? rowGradient.residual
                                                   : rowGradient.scales;
        rowAdam[part].step(model[part], anchors, gradient, rate, visits, context.runner);
      }
    }
    running = step == 0 ? loss : 0.95 * running + 0.05 * loss;
    context.progress.report(static_cast<double>(step + 1) / steps,
                            fmt::format("{}/{} steps, loss {:.4f}", step + 1, steps, running));
  }
  return running;
}

}  // namespace volpress::compressors::compgs
