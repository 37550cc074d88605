// k-means over many small vectors: one SIMD, threaded, deterministic implementation for SOG's
// palettes and codebooks and for vector-quantising codecs.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress {

struct KMeansOptions {
  std::size_t clusters = 256;
  unsigned iterations = 10;
  std::uint64_t seed = 1;
  std::stop_token stop;
};

struct KMeansResult {
  std::vector<float> centroids;       ///< clusters * dimension; fewer clusters than asked when the
                                      ///< input has fewer distinct vectors
  std::vector<std::uint32_t> labels;  ///< n: index of the nearest centroid
};

/// Weighted Lloyd iterations over `points` (n * dimension finite floats, row-major); `weights` is n
/// non-negative numbers or empty for equal ones; a weight below 1e-6 of the largest counts as that.
/// Seeds are drawn by squared distance (k-means++), clusters that run empty take over the points
/// that are worst off. Large problems (n * clusters * dimension beyond about 2^31) are solved on
/// two levels: coarse cells share out the clusters by their squared error, and a point searches the
/// clusters of the cells nearest to it only, so that `labels` may then name a near-nearest
/// centroid. The same bytes on any number of threads and any instruction set. InvalidParameter when
/// lengths do not agree; Cancelled when `stop` asks for it.
[[nodiscard]] Result<KMeansResult> kMeans(std::span<const float> points, std::size_t dimension,
                                          std::span<const float> weights,
                                          const KMeansOptions& options, TaskRunner& runner);

/// The nearest centroid (Euclidean, ties to the lower index) of each point, by exhaustive search.
[[nodiscard]] std::vector<std::uint32_t> nearestCentroids(std::span<const float> points,
                                                          std::size_t dimension,
                                                          std::span<const float> centroids,
                                                          TaskRunner& runner);

/// Near-optimal 1-D clustering of finite scalars into at most `levels` ascending values: exact
/// dynamic programming over a fine histogram, then up to `iterations` Lloyd steps on the values
/// themselves. Labels follow `values` (nearest level, ties to the lower).
[[nodiscard]] KMeansResult kMeans1d(std::span<const float> values, std::size_t levels,
                                    unsigned iterations, TaskRunner& runner);

}  // namespace volpress
