// Coarser versions of a scene: splats merged in pairs.
#pragma once

#include <stop_token>

#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::edit {

/// About `target` splats (never fewer) that look like the cloud from afar: neighbours are merged in
/// pairs, cheapest first by Ward's criterion over place and colour, weighted by opacity times area.
/// A merged splat has the mean, covariance and colour of the pair's mixture, and the opacity that
/// keeps their sum of opacity times area. Extra columns are dropped. Deterministic.
[[nodiscard]] Result<GaussianCloud> simplifyCloud(const GaussianCloud& cloud, std::size_t target,
                                                  TaskRunner& runner, Progress& progress,
                                                  const std::stop_token& stop);

}  // namespace volpress::edit
