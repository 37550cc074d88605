// One ellipsoid can be stored in many ways; this picks the way its original is stored.
#pragma once

#include "app/engine/splat_matching.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

/// `result` with the axes of each matched splat named as those of its original: the same ellipsoid
/// is written with its three scales in another order and the rotation turned to suit, for codecs
/// are free to do so, and a scale means something only beside its own rotation. Every splat looks
/// as before. `match` is matchSplats of the two clouds.
[[nodiscard]] GaussianCloud alignShapes(const GaussianCloud& original, const GaussianCloud& result,
                                        const SplatMatch& match, TaskRunner& runner);

}  // namespace volpress::engine
