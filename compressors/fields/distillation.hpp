// Fine-tuning of latents, their decoders and the networks against the field that they stand for
// (SHACIRA section 3, with the field's own pictures in place of photographs): pictures and bits
// are weighed by one Lagrangian, bits by a logistic density for each latent dimension.
#pragma once

#include <filesystem>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/fields/latents.hpp"
#include "compressors/fields/viewing_rays.hpp"

namespace volpress::fields {

/// Bits of a value under a logistic density with cumulative 1 / (1 + e^-(k x + b)), k = ln(1 +
/// e^h), over the unit interval around it; and their derivatives.
struct LogisticBits {
  double bits = 0;
  double ofValue = 0, ofH = 0, ofB = 0;
};
[[nodiscard]] LogisticBits logisticBits(double value, double h, double b);

/// Stochastic Gumbel annealing: a value between its two neighbouring integers, drawn towards the
/// nearer one the more the lower `tau`. `noise` are two Gumbel numbers.
struct AnnealedValue {
  double value = 0;
  double ofLatent = 0;  ///< d(value)/d(latent)
};
[[nodiscard]] AnnealedValue annealed(double latent, double tau, double noiseLow, double noiseHigh);

struct DistillationSettings {
  unsigned steps = 1000;
  std::size_t rays = 1536;  ///< of a step
  double lambda = 1e-10;    ///< as LatentSettings
  bool anneals = false;     ///< else straight-through rounding from the start
  std::uint64_t seed = 1;
};

/// Moves `levels` and the networks of `field` (whose parameters are overwritten by what the latents
/// stand for). The state outlives a kill in `context.scratch`, if it is given; the same call goes
/// on from there to the same result.
[[nodiscard]] Result<void> distil(HashGridField& field, std::vector<LevelLatents>& levels,
                                  const ViewingRays& rays, const DistillationSettings& settings,
                                  compressors::RunContext& context);

}  // namespace volpress::fields
