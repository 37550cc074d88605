#include "scene/base/kmeans_steps.hpp"

#include <algorithm>
#include <limits>
#include <numeric>

#include "scene/base/kmeans_kernels.hpp"

namespace volpress::detail {

OwnedPoints gatherPoints(const Points& points, std::span<const std::uint32_t> indices) {
  OwnedPoints out;
  out.dimension = points.dimension;
  out.rows.reserve(indices.size() * points.dimension);
  out.weights.reserve(indices.size());
  for (const std::uint32_t index : indices) {
    const float* row = points.row(index);
    out.rows.insert(out.rows.end(), row, row + points.dimension);
    out.weights.push_back(points.weights[index]);
  }
  return out;
}

OwnedPoints samplePoints(const Points& points, std::size_t limit, Random& random) {
  const std::size_t count = points.count();
  std::vector<std::uint32_t> indices;
  if (count <= limit) {
    indices.resize(count);
    std::iota(indices.begin(), indices.end(), 0U);
  } else {
    indices.reserve(limit);
    for (std::size_t j = 0; j < limit; ++j) {
      const std::size_t begin = j * count / limit;
      const std::size_t end = (j + 1) * count / limit;
      indices.push_back(static_cast<std::uint32_t>(begin + random.next() % (end - begin)));
    }
  }
  return gatherPoints(points, indices);
}

std::vector<float> drawSeeds(const Points& points, std::size_t clusters, Random& random) {
  const std::size_t count = points.count();
  const std::size_t dimension = points.dimension;
  PackedVectors packed;
  packed.assign(points.rows, dimension);
  std::vector<float> distances((count + kPackWidth - 1) / kPackWidth * kPackWidth,
                               std::numeric_limits<float>::infinity());
  std::vector<float> seeds;
  seeds.reserve(clusters * dimension);
  std::vector<double> blockSums;
  constexpr std::size_t kBlock = 64;
  std::size_t pick = random.next() % count;
  while (true) {
    const float* row = points.row(pick);
    seeds.insert(seeds.end(), row, row + dimension);
    if (seeds.size() == clusters * dimension) {
      return seeds;
    }
    lowerDistances(packed, row, distances);
    blockSums.clear();
    double total = 0;
    for (std::size_t begin = 0; begin < count; begin += kBlock) {
      double sum = 0;
      for (std::size_t i = begin; i < std::min(begin + kBlock, count); ++i) {
        sum += static_cast<double>(distances[i]) * static_cast<double>(points.weights[i]);
      }
      blockSums.push_back(sum);
      total += sum;
    }
    if (!(total > 0)) {
      return seeds;
    }
    double left = random.unit() * total;
    std::size_t block = 0;
    while (block + 1 < blockSums.size() && left >= blockSums[block]) {
      left -= blockSums[block++];
    }
    // Rounding may leave a rest behind the last point: the last one with a distance is taken.
    const std::size_t end = std::min((block + 1) * kBlock, count);
    std::size_t lastFar = count;
    for (std::size_t i = block * kBlock; i < end; ++i) {
      if (!(distances[i] > 0)) {
        continue;
      }
      lastFar = i;
      left -= static_cast<double>(distances[i]) * static_cast<double>(points.weights[i]);
      if (left < 0) {
        break;
      }
    }
    if (lastFar == count) {
      const auto far = std::max_element(distances.begin(),
                                        distances.begin() + static_cast<std::ptrdiff_t>(count));
      lastFar = static_cast<std::size_t>(far - distances.begin());
    }
    pick = lastFar;
  }
}

Members groupByLabel(std::span<const std::uint32_t> labels, std::size_t labelCount) {
  Members members;
  members.starts.assign(labelCount + 1, 0);
  for (const std::uint32_t label : labels) {
    ++members.starts[label + 1];
  }
  std::partial_sum(members.starts.begin(), members.starts.end(), members.starts.begin());
  std::vector<std::uint32_t> next(members.starts.begin(), members.starts.end() - 1);
  members.points.resize(labels.size());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    members.points[next[labels[i]]++] = static_cast<std::uint32_t>(i);
  }
  return members;
}

void moveCentroids(const Points& points, const Members& members, std::size_t firstCluster,
                   std::size_t lastCluster, std::size_t firstPoint, std::size_t lastPoint,
                   std::span<const float> errors, std::span<float> centroids) {
  const std::size_t dimension = points.dimension;
  std::vector<double> sum(dimension);
  std::vector<std::size_t> empty;
  for (std::size_t k = firstCluster; k < lastCluster; ++k) {
    const std::size_t begin = members.starts[k];
    const std::size_t end = members.starts[k + 1];
    if (begin == end) {
      empty.push_back(k);
      continue;
    }
    std::fill(sum.begin(), sum.end(), 0.0);
    double total = 0;
    for (std::size_t m = begin; m < end; ++m) {
      const std::size_t point = members.points[m];
      const auto weight = static_cast<double>(points.weights[point]);
      const float* row = points.row(point);
      for (std::size_t d = 0; d < dimension; ++d) {
        sum[d] += weight * static_cast<double>(row[d]);
      }
      total += weight;
    }
    for (std::size_t d = 0; d < dimension; ++d) {
      centroids[k * dimension + d] = static_cast<float>(sum[d] / total);
    }
  }
  if (empty.empty() || firstPoint == lastPoint) {
    return;
  }
  std::vector<std::uint32_t> worst(lastPoint - firstPoint);
  std::iota(worst.begin(), worst.end(), static_cast<std::uint32_t>(firstPoint));
  const std::size_t wanted = std::min(empty.size(), worst.size());
  const auto weighted = [&](std::uint32_t i) { return errors[i] * points.weights[i]; };
  std::partial_sort(worst.begin(), worst.begin() + static_cast<std::ptrdiff_t>(wanted), worst.end(),
                    [&](std::uint32_t a, std::uint32_t b) {
                      const float left = weighted(a);
                      const float right = weighted(b);
                      return left != right ? left > right : a < b;
                    });
  for (std::size_t e = 0; e < wanted && weighted(worst[e]) > 0; ++e) {
    const float* row = points.row(worst[e]);
    std::copy(row, row + dimension,
              centroids.begin() + static_cast<std::ptrdiff_t>(empty[e] * dimension));
  }
}

void dropEmpty(KMeansResult& result, std::size_t dimension) {
  const std::size_t clusters = result.centroids.size() / dimension;
  std::vector<std::uint32_t> renamed(clusters, 0);
  for (const std::uint32_t label : result.labels) {
    renamed[label] = 1;
  }
  std::uint32_t kept = 0;
  for (std::size_t k = 0; k < clusters; ++k) {
    if (renamed[k] == 0) {
      continue;
    }
    std::copy_n(result.centroids.begin() + static_cast<std::ptrdiff_t>(k * dimension), dimension,
                result.centroids.begin() + static_cast<std::ptrdiff_t>(kept * dimension));
    renamed[k] = kept++;
  }
  result.centroids.resize(kept * dimension);
  for (std::uint32_t& label : result.labels) {
    label = renamed[label];
  }
}

}  // namespace volpress::detail
