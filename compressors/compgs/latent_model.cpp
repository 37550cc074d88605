#include "compressors/compgs/latent_model.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "compressors/learning/rounding.hpp"

namespace volpress::compressors::compgs {
namespace {

constexpr std::size_t kContextWidth = kHyperResidualWidth + kReferenceWidth;
constexpr std::size_t kRowGrain = 128;

std::array<float, kScaleWidth> scaleSteps(const Model& model) {
  std::array<float, kScaleWidth> steps{};
  std::transform(model[kScaleSteps].begin(), model[kScaleSteps].end(), steps.begin(),
                 [](float value) { return std::exp(value); });
  return steps;
}

/// Rounds a hyperlatent around its channels' medians.
void roundHyper(const learning::FactorisedPrior& prior, const FloatArray& parameters,
                const FloatArray& exact, FloatArray& seen) {
  const std::size_t width = prior.channels();
  std::vector<float> medians;
  for (std::size_t channel = 0; channel < width; ++channel) {
    medians.push_back(prior.median(parameters, channel));
  }
  seen.resize(exact.size());
  for (std::size_t i = 0; i < exact.size(); ++i) {
    seen[i] = learning::roundedAround(exact[i], medians[i % width]);
  }
}

/// Rounds values around the means that were predicted.
void roundPredicted(const FloatArray& exact, const FloatArray& predicted, Stream stream,
                    FloatArray& seen, TaskRunner& runner) {
  const std::size_t width = kStreamWidths[stream];
  seen.resize(exact.size());
  runner.parallelFor(exact.size() / width, kRowGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin * width; i < end * width; ++i) {
      const std::size_t mean = predictedAt(i % width, kStreamGroups[stream]).mean;
      seen[i] = learning::roundedAround(exact[i], predicted[i / width * 2 * width + mean]);
    }
  });
}

/// Bits of noisy values; adds `weight` times the gradient to `ofValues` and writes that of what was
/// predicted.
double noisyBits(const FloatArray& values, const FloatArray& predicted, Stream stream, float weight,
                 std::uint64_t seed, FloatArray& ofValues, FloatArray& ofPredicted,
                 TaskRunner& runner) {
  const std::size_t width = kStreamWidths[stream];
  const std::size_t rows = values.size() / width;
  std::vector<double> sums((rows + kRowGrain - 1) / kRowGrain, 0.0);
  ofPredicted.resize(predicted.size());
  runner.parallelFor(rows, kRowGrain, [&](std::size_t begin, std::size_t end) {
    double sum = 0;
    for (std::size_t row = begin; row < end; ++row) {
      for (std::size_t i = 0; i < width; ++i) {
        const std::size_t at = row * width + i;
        const Predicted place = predictedAt(i, kStreamGroups[stream]);
        const float* of = predicted.data() + row * 2 * width;
        const learning::GaussianBits found = learning::gaussianBits(
            values[at] + learning::roundingNoise(seed, at), of[place.mean], of[place.sigma]);
        sum += found.bits;
        ofValues[at] += weight * found.ofValue;
        float* pulled = ofPredicted.data() + row * 2 * width;
        pulled[place.mean] = weight * found.ofMean;
        pulled[place.sigma] = weight * found.ofSigma;
      }
    }
    sums[begin / kRowGrain] = sum;
  });
  double total = 0;
  for (const double sum : sums) {
    total += sum;
  }
  return total;
}

/// What scales are in steps.
FloatArray stepped(const FloatArray& scales, const LatentOptions& options,
                   const std::array<float, kScaleWidth>& steps) {
  FloatArray values(scales.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    values[i] = (scales[i] - options.scaleCentre[i % kScaleWidth]) / steps[i % kScaleWidth];
  }
  return values;
}

/// Bits of a noisy hyperlatent. On entry `pulled` is d(loss)/d(what was seen of it); adds what
/// follows for the row that it was made of.
double pullBackHyper(const learning::FactorisedPrior& prior, const Model& model, Part priorPart,
                     Part analysisPart, const FloatArray& in, const FloatArray& hyper,
                     const FloatArray& tape, float weight, std::uint64_t seed, FloatArray& pulled,
                     FloatArray& inGradient, const ModelGradients& gradients, TaskRunner& runner) {
  FloatArray noisy(hyper.size());
  for (std::size_t i = 0; i < noisy.size(); ++i) {
    noisy[i] = hyper[i] + learning::roundingNoise(seed, i);
  }
  const double bits =
      prior.bits(model[priorPart], noisy, weight, pulled, gradients[priorPart], runner);
  FloatArray more(in.size());
  Networks::get()
      .of(analysisPart)
      .backward(model[analysisPart], in, hyper, tape, pulled, more, gradients[analysisPart],
                runner);
  for (std::size_t i = 0; i < more.size(); ++i) {
    inGradient[i] += more[i];
  }
  return bits;
}

}  // namespace

void roundLatents(const Model& model, const Model& networks, const LatentOptions& options,
                  LatentTape& tape, TaskRunner& runner) {
  const Networks& nets = Networks::get();
  const LatentRows& exact = tape.exact;
  LatentRows& seen = tape.seen;
  const std::size_t rows = exact.reference.size() / kReferenceWidth;
  const auto run = [&](Part part, const Model& parameters, const FloatArray& in, FloatArray& out) {
    out.resize(rows * nets.of(part).outputs());
    nets.of(part).forward(parameters[part], in, out, tape.tapes[part], runner);
  };

  tape.seenHyperReference.assign(rows * kHyperReferenceWidth, 0.0F);
  if (options.hyperprior) {
    run(kAnalyseReference, model, exact.reference, tape.hyperReference);
    roundHyper(nets.referencePrior(), model[kReferencePrior], tape.hyperReference,
               tape.seenHyperReference);
  }
  run(kPredictReference, networks, tape.seenHyperReference, tape.predictedReference);
  roundPredicted(exact.reference, tape.predictedReference, kReferenceStream, seen.reference,
                 runner);

  tape.context.assign(rows * kContextWidth, 0.0F);
  if (options.hyperprior) {
    run(kAnalyseResidual, model, exact.residual, tape.hyperResidual);
    FloatArray hyper;
    roundHyper(nets.residualPrior(), model[kResidualPrior], tape.hyperResidual, hyper);
    for (std::size_t row = 0; row < rows; ++row) {
      float* to = tape.context.data() + row * kContextWidth;
      to = std::copy_n(hyper.data() + row * kHyperResidualWidth, kHyperResidualWidth, to);
      std::copy_n(seen.reference.data() + row * kReferenceWidth, kReferenceWidth, to);
    }
  }
  run(kPredictResidual, networks, tape.context, tape.predictedResidual);
  roundPredicted(exact.residual, tape.predictedResidual, kResidualStream, seen.residual, runner);

  if (!options.hyperprior) {
    tape.noContext.assign(rows * kReferenceWidth, 0.0F);
  }
  run(kPredictScales, networks, options.hyperprior ? seen.reference : tape.noContext,
      tape.predictedScales);
  const std::array<float, kScaleWidth> steps = scaleSteps(model);
  roundPredicted(stepped(exact.scales, options, steps), tape.predictedScales, kScaleStream,
                 seen.scales, runner);
  for (std::size_t i = 0; i < seen.scales.size(); ++i) {
    const float scale =
        options.scaleCentre[i % kScaleWidth] + seen.scales[i] * steps[i % kScaleWidth];
    seen.scales[i] = std::clamp(scale, -kMostLogScale, kMostLogScale);
  }
}

StreamBits pullBackLatents(const Model& model, const Model& networks, const LatentOptions& options,
                           const LatentTape& tape, const std::array<float, kStreams>& weights,
                           std::uint64_t seed, LatentRows& rowGradient,
                           const ModelGradients& gradients, TaskRunner& runner) {
  const Networks& nets = Networks::get();
  const std::size_t rows = tape.exact.reference.size() / kReferenceWidth;
  StreamBits bits{};
  const auto seedOf = [seed](Stream stream) { return learning::mixSeed(seed, stream); };
  const auto predictBack = [&](Part part, const FloatArray& in, const FloatArray& out,
                               const FloatArray& pulled, FloatArray& inGradient) {
    inGradient.resize(in.size());
    nets.of(part).backward(networks[part], in, out, tape.tapes[part], pulled,
                           options.hyperprior ? std::span<float>(inGradient) : std::span<float>(),
                           gradients[part], runner);
  };
  FloatArray pulled;
  FloatArray ofInput;

  // Scales: seen = centre + rounded * step, rounded from exact / step.
  const std::array<float, kScaleWidth> steps = scaleSteps(model);
  const FloatArray values = stepped(tape.exact.scales, options, steps);
  FloatArray ofValues(values.size(), 0.0F);
  bits[kScaleStream] = noisyBits(values, tape.predictedScales, kScaleStream, weights[kScaleStream],
                                 seedOf(kScaleStream), ofValues, pulled, runner);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t c = i % kScaleWidth;
    const float rounded = (tape.seen.scales[i] - options.scaleCentre[c]) / steps[c];
    gradients[kScaleSteps][c] +=
        rowGradient.scales[i] * steps[c] * (rounded - values[i]) - ofValues[i] * values[i];
    rowGradient.scales[i] += ofValues[i] / steps[c];
  }
  predictBack(kPredictScales, options.hyperprior ? tape.seen.reference : tape.noContext,
              tape.predictedScales, pulled, ofInput);
  FloatArray ofSeenReference = rowGradient.reference;
  for (std::size_t i = 0; options.hyperprior && i < ofInput.size(); ++i) {
    ofSeenReference[i] += ofInput[i];
  }

  bits[kResidualStream] = noisyBits(tape.exact.residual, tape.predictedResidual, kResidualStream,
                                    weights[kResidualStream], seedOf(kResidualStream),
                                    rowGradient.residual, pulled, runner);
  predictBack(kPredictResidual, tape.context, tape.predictedResidual, pulled, ofInput);
  if (options.hyperprior) {
    FloatArray ofHyper(rows * kHyperResidualWidth);
    for (std::size_t row = 0; row < rows; ++row) {
      const float* from = ofInput.data() + row * kContextWidth;
      std::copy_n(from, kHyperResidualWidth, ofHyper.data() + row * kHyperResidualWidth);
      for (std::size_t c = 0; c < kReferenceWidth; ++c) {
        ofSeenReference[row * kReferenceWidth + c] += from[kHyperResidualWidth + c];
      }
    }
    bits[kHyperResidualStream] = pullBackHyper(
        nets.residualPrior(), model, kResidualPrior, kAnalyseResidual, tape.exact.residual,
        tape.hyperResidual, tape.tapes[kAnalyseResidual], weights[kHyperResidualStream],
        seedOf(kHyperResidualStream), ofHyper, rowGradient.residual, gradients, runner);
  }

  rowGradient.reference = std::move(ofSeenReference);
  bits[kReferenceStream] = noisyBits(
      tape.exact.reference, tape.predictedReference, kReferenceStream, weights[kReferenceStream],
      seedOf(kReferenceStream), rowGradient.reference, pulled, runner);
  predictBack(kPredictReference, tape.seenHyperReference, tape.predictedReference, pulled, ofInput);
  if (options.hyperprior) {
    bits[kHyperReferenceStream] = pullBackHyper(
        nets.referencePrior(), model, kReferencePrior, kAnalyseReference, tape.exact.reference,
        tape.hyperReference, tape.tapes[kAnalyseReference], weights[kHyperReferenceStream],
        seedOf(kHyperReferenceStream), ofInput, rowGradient.reference, gradients, runner);
  }
  return bits;
}

}  // namespace volpress::compressors::compgs
