// The steps of Lloyd's algorithm that every variant of k-means shares.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/kmeans.hpp"

namespace volpress::detail {

// SplitMix64: the same numbers everywhere.
class Random {
public:
  explicit Random(std::uint64_t seed) : m_state(seed) {}
  std::uint64_t next() noexcept {
    std::uint64_t z = (m_state += 0x9E3779B97F4A7C15);
    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
    z = (z ^ z >> 27) * 0x94D049BB133111EB;
    return z ^ z >> 31;
  }
  double unit() noexcept { return static_cast<double>(next() >> 11) * 0x1p-53; }

private:
  std::uint64_t m_state;
};

// Points of one problem, or of one cell of it: rows are contiguous.
struct Points {
  std::span<const float> rows;
  std::span<const float> weights;  ///< one each
  std::size_t dimension = 0;

  [[nodiscard]] std::size_t count() const noexcept { return weights.size(); }
  [[nodiscard]] const float* row(std::size_t i) const noexcept {
    return rows.data() + i * dimension;
  }
  [[nodiscard]] Points part(std::size_t begin, std::size_t end) const {
    return {rows.subspan(begin * dimension, (end - begin) * dimension),
            weights.subspan(begin, end - begin), dimension};
  }
};

struct OwnedPoints {
  std::vector<float> rows;
  std::vector<float> weights;
  std::size_t dimension = 0;

  [[nodiscard]] Points view() const { return {rows, weights, dimension}; }
};

/// The points of those indices, in their order.
[[nodiscard]] OwnedPoints gatherPoints(const Points& points,
                                       std::span<const std::uint32_t> indices);

/// At most `limit` points, one from each of equally long stretches.
[[nodiscard]] OwnedPoints samplePoints(const Points& points, std::size_t limit, Random& random);

/// k-means++: each further seed is drawn with a probability proportional to the weighted squared
/// distance from the seeds so far. Stops early when every point is a seed. Returns centroid rows.
[[nodiscard]] std::vector<float> drawSeeds(const Points& points, std::size_t clusters,
                                           Random& random);

/// Points in label order, each label's members ascending: where sums are added up in one order.
struct Members {
  std::vector<std::uint32_t> starts;  ///< labels + 1
  std::vector<std::uint32_t> points;
};

[[nodiscard]] Members groupByLabel(std::span<const std::uint32_t> labels, std::size_t labelCount);

/// Moves every centroid of [firstCluster, lastCluster) to the weighted mean of its members.
/// Clusters without members take the points of [firstPoint, lastPoint) with the largest weighted
/// error.
void moveCentroids(const Points& points, const Members& members, std::size_t firstCluster,
                   std::size_t lastCluster, std::size_t firstPoint, std::size_t lastPoint,
                   std::span<const float> errors, std::span<float> centroids);

/// Drops clusters without members, keeping the order of the others.
void dropEmpty(KMeansResult& result, std::size_t dimension);

}  // namespace volpress::detail
