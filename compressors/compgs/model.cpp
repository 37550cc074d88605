#include "compressors/compgs/model.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

#include "compressors/learning/view_order.hpp"

namespace volpress::compressors::compgs {
namespace {

using learning::LayerPtr;

constexpr std::size_t kHidden = 32;
constexpr std::size_t kViewWidth = 4;
constexpr std::size_t kPlainInputs = kReferenceWidth + kResidualWidth;
constexpr std::size_t kViewInputs = kPlainInputs + kViewWidth;
constexpr float kLeak = 0.01F;
/// Deviations that fresh networks predict, in steps: about what features and scales start with.
constexpr float kFreshFeatureSigma = 2;
constexpr float kFreshScaleSigma = 6;

LayerPtr analysis(std::size_t inputs, std::size_t outputs) {
  return learning::sequence({learning::linear(inputs, outputs), learning::relu(outputs, kLeak),
                             learning::linear(outputs, outputs)});
}

/// Sets the biases of the skip layer, the last parameters of learning::residualMlp.
void setBiases(FloatArray& parameters, std::size_t fromEnd, std::size_t count, float value) {
  std::fill_n(parameters.end() - static_cast<std::ptrdiff_t>(fromEnd), count, value);
}

}  // namespace

Networks::Networks()
    : m_networks{
          learning::Network(analysis(kReferenceWidth, kHyperReferenceWidth)),
          learning::Network(analysis(kResiduals, kHyperResidualWidth)),
          learning::Network(learning::identity(1)),  // the priors' places
          learning::Network(learning::identity(1)),
          learning::Network(
              learning::residualMlp(kHyperReferenceWidth, kHidden, 2 * kReferenceWidth, 2)),
          learning::Network(learning::residualMlp(kHyperResidualWidth + kReferenceWidth, kHidden,
                                                  2 * kResiduals, 2)),
          learning::Network(learning::residualMlp(kReferenceWidth, kHidden, 2 * kScaleWidth, 2)),
          learning::Network(learning::residualMlp(kPlainInputs, kHidden, 3, 1)),
          learning::Network(learning::residualMlp(kPlainInputs, kHidden, 7, 1)),
          learning::Network(learning::residualMlp(kViewInputs, kHidden, 1, 1)),
          learning::Network(learning::sequence(
              {learning::residualMlp(kViewInputs, kHidden, 3, 2), learning::sigmoid(3)}))} {}

const Networks& Networks::get() {
  static const Networks networks;
  return networks;
}

const learning::Network& Networks::of(std::size_t part) const {
  assert(part >= kAnalyseReference && part != kReferencePrior && part != kResidualPrior);
  return m_networks[part - kAnalyseReference];
}

Model freshModel(std::uint64_t seed) {
  const Networks& networks = Networks::get();
  Model model;
  for (std::size_t part = kAnalyseReference; part < kParts; ++part) {
    const std::uint64_t own = learning::mixSeed(seed, part);
    switch (part) {
      case kReferencePrior: model[part] = networks.referencePrior().freshParameters(own); break;
      case kResidualPrior: model[part] = networks.residualPrior().freshParameters(own); break;
      default: model[part] = networks.of(part).freshParameters(own); break;
    }
  }
  setBiases(model[kPredictReference], kReferenceWidth, kReferenceWidth, kFreshFeatureSigma);
  for (std::size_t i = 0; i < kPrimitives; ++i) {
    setBiases(model[kPredictResidual], (2 * i + 1) * kResidualWidth, kResidualWidth,
              kFreshFeatureSigma);
  }
  setBiases(model[kPredictScales], kScaleWidth, kScaleWidth, kFreshScaleSigma);
  setBiases(model[kShapeNet], 4, 1, 1);  // no rotation
  setBiases(model[kOpacityNet], 1, 1, 0.5F);
  return model;
}

void roundNetworks(const Model& exact, unsigned bits, Model& rounded) {
  const auto steps = static_cast<float>(1U << bits);
  const float most = std::floor(std::ldexp(32767.0F, -learning::kParameterBits) * steps);
  for (std::size_t part = kFirstStored; part < kParts; ++part) {
    rounded[part].resize(exact[part].size());
    std::transform(exact[part].begin(), exact[part].end(), rounded[part].begin(), [&](float value) {
      return std::clamp(std::round(value * steps), -most, most) / steps;
    });
  }
}

void gatherRows(const Model& model, std::span<const std::uint32_t> anchors, LatentRows& rows) {
  const auto gather = [&](const FloatArray& from, std::size_t width, FloatArray& to) {
    to.resize(anchors.size() * width);
    for (std::size_t i = 0; i < anchors.size(); ++i) {
      std::copy_n(from.data() + anchors[i] * width, width, to.data() + i * width);
    }
  };
  gather(model[kReference], kReferenceWidth, rows.reference);
  gather(model[kResidual], kResiduals, rows.residual);
  gather(model[kScales], kScaleWidth, rows.scales);
}

}  // namespace volpress::compressors::compgs
