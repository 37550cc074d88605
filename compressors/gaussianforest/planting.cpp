#include "compressors/gaussianforest/planting.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cmath>
#include <optional>

#include "scene/base/kmeans.hpp"

namespace volpress::compressors::gaussianforest {
namespace {

/// Points are clustered in runs of so many in Morton order: density differs across a scene, and
/// what is far apart never shares a cluster.
constexpr std::size_t kRun = 512;
constexpr unsigned kIterations = 8;
/// How far apart in a run position counts against log-scale and colour.
constexpr float kPositionWeight = 3;
constexpr float kScaleWeight = 0.5F;
constexpr float kColorWeight = 2 * kSh0;

/// What is clustered: rows of x, y, z and more; positions are brought to unit spread in each run.
struct Points {
  std::size_t width;
  std::vector<float> rows;
  [[nodiscard]] std::size_t count() const { return rows.size() / width; }
};

void normalisePositions(std::vector<float>& rows, std::size_t width) {
  const std::size_t count = rows.size() / width;
  std::array<double, 3> mean{};
  double spread = 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      mean[c] += static_cast<double>(rows[i * width + c]) / static_cast<double>(count);
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const double d = static_cast<double>(rows[i * width + c]) - mean[c];
      spread += d * d / static_cast<double>(count);
    }
  }
  const double scale = spread > 0 && std::isfinite(spread)
                           ? static_cast<double>(kPositionWeight) / std::sqrt(spread)
                           : 0;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      float& value = rows[i * width + c];
      value = static_cast<float>((static_cast<double>(value) - mean[c]) * scale);
    }
  }
}

struct Clusters {
  std::vector<std::uint32_t> labels;
  std::uint32_t count = 0;
};

/// Clusters of `share` points on average; labels are dense.
Result<Clusters> cluster(const Points& points, double share, const PlantingOptions& options,
                         TaskRunner& runner) {
  const std::size_t count = points.count();
  const std::size_t runs = (count + kRun - 1) / kRun;
  Clusters result;
  result.labels.resize(count);
  std::vector<std::uint32_t> counts(runs, 0);
  std::vector<std::optional<Error>> problems(runs);
  runner.parallelFor(runs, 1, [&](std::size_t first, std::size_t last) {
    SerialRunner serial;
    for (std::size_t run = first; run < last; ++run) {
      const std::size_t begin = run * kRun;
      const std::size_t size = std::min(kRun, count - begin);
      std::vector<float> rows(
          points.rows.begin() + static_cast<std::ptrdiff_t>(begin * points.width),
          points.rows.begin() + static_cast<std::ptrdiff_t>((begin + size) * points.width));
      normalisePositions(rows, points.width);
      KMeansOptions kMeansOptions;
      kMeansOptions.clusters =
          static_cast<std::size_t>(std::max(1.0, std::round(static_cast<double>(size) / share)));
      kMeansOptions.iterations = kIterations;
      kMeansOptions.seed = options.seed + run;
      kMeansOptions.stop = options.stop;
      auto found = kMeans(rows, points.width, {}, kMeansOptions, serial);
      if (!found) {
        problems[run] = found.error();
        continue;
      }
      // Numbered by first appearance, so that none is empty.
      std::vector<std::uint32_t> place(found->centroids.size() / points.width, ~0U);
      for (std::size_t i = 0; i < size; ++i) {
        std::uint32_t& label = place[found->labels[i]];
        if (label == ~0U) {
          label = counts[run]++;
        }
        result.labels[begin + i] = label;
      }
    }
  });
  for (const auto& problem : problems) {
    if (problem) {
      return tl::unexpected(*problem);
    }
  }
  for (std::size_t run = 0; run < runs; ++run) {
    for (std::size_t i = run * kRun; i < std::min(count, (run + 1) * kRun); ++i) {
      result.labels[i] += result.count;
    }
    result.count += counts[run];
  }
  return result;
}

Points leafPoints(const GaussianCloud& cloud) {
  Points points{9, std::vector<float>(9 * cloud.count)};
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      points.rows[9 * i + c] = cloud.means[3 * i + c];
      points.rows[9 * i + 3 + c] = kScaleWeight * cloud.logScales[3 * i + c];
      points.rows[9 * i + 6 + c] = kColorWeight * cloud.shDc[3 * i + c];
    }
  }
  return points;
}

/// Mean position and colour of every node.
Points nodePoints(const GaussianCloud& cloud, const Clusters& nodes) {
  Points points{6, std::vector<float>(6UL * nodes.count, 0.0F)};
  std::vector<float> sizes(nodes.count, 0.0F);
  for (const std::uint32_t node : nodes.labels) {
    ++sizes[node];
  }
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const std::size_t node = nodes.labels[i];
    for (std::size_t c = 0; c < 3; ++c) {
      points.rows[6 * node + c] += cloud.means[3 * i + c] / sizes[node];
      points.rows[6 * node + 3 + c] += kColorWeight * cloud.shDc[3 * i + c] / sizes[node];
    }
  }
  return points;
}

}  // namespace

Result<Forest> plantForest(const GaussianCloud& cloud, const PlantingOptions& options,
                           TaskRunner& runner) {
  VOLPRESS_TRY(Clusters nodes, cluster(leafPoints(cloud), options.leavesPerNode, options, runner));
  VOLPRESS_TRY(Clusters roots,
               cluster(nodePoints(cloud, nodes), options.nodesPerRoot, options, runner));
  return Forest{std::move(nodes.labels), std::move(roots.labels), roots.count};
}

}  // namespace volpress::compressors::gaussianforest
