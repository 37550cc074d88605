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

/// Weighted Lloyd iterations over `points` (n * dimension floats, row-major); `weights` is n
/// non-negative numbers or empty for equal ones. The same result on any number of threads.
/// Cancelled when `stop` asks for it.
[[nodiscard]] Result<KMeansResult> kMeans(std::span<const float> points, std::size_t dimension,
                                          std::span<const float> weights,
                                          const KMeansOptions& options, TaskRunner& runner);

/// The nearest centroid (Euclidean, ties to the lower index) of each point.
[[nodiscard]] std::vector<std::uint32_t> nearestCentroids(std::span<const float> points,
                                                          std::size_t dimension,
                                                          std::span<const float> centroids,
                                                          TaskRunner& runner);

/// Optimal-order 1-D clustering of scalars into at most `levels` ascending values; labels follow
/// `values`. Used for SOG's 256-entry codebooks.
[[nodiscard]] KMeansResult kMeans1d(std::span<const float> values, std::size_t levels,
                                    unsigned iterations, TaskRunner& runner);

}  // namespace volpress
