// The splats that training starts with.
#pragma once

#include <cstdint>

#include "compressors/training/training_set.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::training {

/// One isotropic splat a point: as wide as the root mean square distance to its three neighbours,
/// opacity 0.1, the point's colour, higher SH bands zero (3DGS, section 5.1). Without points, a
/// cube of `randomCount` random ones that encloses three times the extent of the cameras.
[[nodiscard]] GaussianCloud initialCloud(const TrainingSet& set, unsigned shDegree,
                                         std::size_t randomCount, std::uint64_t seed,
                                         TaskRunner& runner);

}  // namespace volpress::training
