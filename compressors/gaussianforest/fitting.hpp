// Fitting features and networks to a scene's splats, without drawing anything.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/gaussianforest/leaf_decoder.hpp"

namespace volpress::compressors::gaussianforest {

/// Fresh features, networks and node sizes for the leaves of `cloud`.
[[nodiscard]] SharedAttributes freshAttributes(const Forest& forest, const LeafDecoder& decoder,
                                               const GaussianCloud& cloud, std::uint64_t seed);

struct FitTask {
  const Forest& forest;
  const LeafDecoder& decoder;
  const GaussianCloud& target;     ///< one splat a leaf
  std::span<const float> weights;  ///< what each splat matters, >= 0, mean 1
  unsigned steps = 0;
};

/// Weighted loss of a decoded splat against its target and its gradients: squared distance of the
/// logarithms of the covariances (log-Euclidean: equal ellipsoids are equal however their axes are
/// named) plus squared distance of SH coefficients. Adds to `gradients`.
double splatLoss(const GaussianCloud& decoded, std::size_t i, const GaussianCloud& target,
                 std::size_t j, float weight, renderer::CloudGradients& gradients);

/// Adam on `splatLoss` over random leaves. Returns the mean loss of the last steps. The same bits
/// on any number of threads.
[[nodiscard]] Result<double> fitShared(const FitTask& task, SharedAttributes& shared,
                                       RunContext& context);

}  // namespace volpress::compressors::gaussianforest
