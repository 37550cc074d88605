// Rounding of the anchors' numbers and how many bits they take, with gradients (section 3.3 of the
// paper): a hyperprior for reference features, one for residual features that also sees the
// reference, and scales predicted from the reference.
#pragma once

#include <array>

#include "compressors/compgs/model.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::compressors::compgs {

/// The five streams of a file, in the order in which they are decoded.
enum Stream : std::size_t {
  kHyperReferenceStream,
  kReferenceStream,
  kHyperResidualStream,
  kResidualStream,
  kScaleStream,
  kStreams
};
/// Numbers of an anchor in each.
inline constexpr std::array<std::size_t, kStreams> kStreamWidths{
    kHyperReferenceWidth, kReferenceWidth, kHyperResidualWidth, kResiduals, kScaleWidth};

/// Where the mean and the deviation of number `i` of a row stand in what a network predicts: means
/// and deviations of `group` numbers follow each other.
struct Predicted {
  std::size_t mean, sigma;
};
[[nodiscard]] constexpr Predicted predictedAt(std::size_t i, std::size_t group) noexcept {
  const std::size_t mean = i / group * 2 * group + i % group;
  return {mean, mean + group};
}
/// Numbers whose means, and then whose deviations, follow each other.
inline constexpr std::array<std::size_t, kStreams> kStreamGroups{1, kReferenceWidth, 1,
                                                                 kResidualWidth, kScaleWidth};

/// Scales are kept within this.
inline constexpr float kMostLogScale = 30;

struct LatentOptions {
  bool hyperprior = true;  ///< else every number has one mean and deviation for all anchors
  std::array<float, kScaleWidth> scaleCentre{};  ///< what scales are rounded around
};

/// What `roundLatents` leaves for `pullBackLatents`.
struct LatentTape {
  LatentRows exact;                                   ///< to be filled in before
  LatentRows seen;                                    ///< as a decoder sees them
  FloatArray hyperReference, hyperResidual;           ///< before rounding
  FloatArray seenHyperReference, context, noContext;  ///< what the predicting networks see
  FloatArray predictedReference, predictedResidual, predictedScales;
  std::array<FloatArray, kParts> tapes;
};

/// Rounds tape.exact to tape.seen. `networks` has the networks as a decoder sees them, `model` the
/// rest.
void roundLatents(const Model& model, const Model& networks, const LatentOptions& options,
                  LatentTape& tape, TaskRunner& runner);

/// Bits of each stream with noise in place of rounding.
using StreamBits = std::array<double, kStreams>;

/// On entry `rowGradient` is d(loss)/d(tape.seen); on return d(loss + rate)/d(tape.exact), the rate
/// being the sum over streams of `weights` times bits. Adds to `gradients` of steps, networks and
/// priors. The same bits on any number of threads.
StreamBits pullBackLatents(const Model& model, const Model& networks, const LatentOptions& options,
                           const LatentTape& tape, const std::array<float, kStreams>& weights,
                           std::uint64_t seed, LatentRows& rowGradient,
                           const ModelGradients& gradients, TaskRunner& runner);

}  // namespace volpress::compressors::compgs
