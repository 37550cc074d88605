// The unit in which errors of positions are felt.
#pragma once

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::coding {

/// The median over the Gaussians of their smallest scale, scene units; within 1e-9 .. 1e9. `cloud`
/// has at least one Gaussian.
[[nodiscard]] float medianSmallestScale(const GaussianCloud& cloud);

}  // namespace volpress::coding
