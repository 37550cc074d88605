// Building a forest from a trained scene: neighbours that look alike share a node.
#pragma once

#include <stop_token>

#include "compressors/gaussianforest/forest.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::gaussianforest {

struct PlantingOptions {
  double leavesPerNode = 10;  ///< on average, at least 1
  double nodesPerRoot = 10;
  std::uint64_t seed = 1;
  std::stop_token stop;
};

/// Nodes are k-means clusters of position, size and colour, roots clusters of nodes by position and
/// colour. The splats must be in Morton order: clusters are looked for among those near each other.
/// The same on any number of threads.
[[nodiscard]] Result<Forest> plantForest(const GaussianCloud& cloud, const PlantingOptions& options,
                                         TaskRunner& runner);

}  // namespace volpress::compressors::gaussianforest
