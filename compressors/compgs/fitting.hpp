// Fitting anchors and networks to a scene's splats, without drawing anything: the warm start of
// what the paper trains from nothing.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/compgs/anchors.hpp"
#include "compressors/compgs/latent_model.hpp"
#include "compressors/compgs/primitives.hpp"
#include "compressors/compgs/settings.hpp"

namespace volpress::compressors::compgs {

/// What bits of each stream cost: `lambda` times their mean over a stream's numbers, summed over
/// streams (the paper), or times their sum over all numbers of an anchor.
[[nodiscard]] std::array<float, kStreams> rateWeights(const Settings& settings, double lambda,
                                                      std::size_t anchors);

struct FitTask {
  const GaussianCloud& target;
  const Planting& planting;
  std::span<const float> weights;              ///< what each splat matters, >= 0, mean 1
  std::span<const std::array<float, 3>> eyes;  ///< where the scene is looked at from; at least one
  float unit = 1;
  LatentOptions options;
};

/// Adam on the distance of primitives to their splats plus the rate, some anchors at a time, all of
/// them equally often. Returns the mean loss of the last steps. The same bits on any number of
/// threads.
[[nodiscard]] Result<double> fitModel(const FitTask& task, const Settings& settings, unsigned steps,
                                      Model& model, RunContext& context);

/// Weighted loss of primitives that were decoded for `anchors` against their splats, seen from
/// `eyes` (3 an anchor), and its gradient. `count` of all is what the loss is divided by.
double primitiveLoss(const FitTask& task, std::span<const std::uint32_t> anchors,
                     std::span<const float> eyes, const Primitives& primitives,
                     Primitives& gradient);

}  // namespace volpress::compressors::compgs
