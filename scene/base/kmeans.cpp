#include "scene/base/kmeans.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "scene/base/kmeans_kernels.hpp"
#include "scene/base/kmeans_steps.hpp"

namespace volpress {
namespace {

using detail::drawSeeds;
using detail::dropEmpty;
using detail::findNearest;
using detail::gatherPoints;
using detail::groupByLabel;
using detail::lowerDistances;
using detail::Members;
using detail::moveCentroids;
using detail::OwnedPoints;
using detail::PackedVectors;
using detail::Points;
using detail::Random;
using detail::samplePoints;

// Products n * clusters * dimension up to this are searched exhaustively in every iteration.
constexpr double kExhaustiveWork = 0x1p31;
// Coarse cells that a point searches when the search is bounded.
constexpr std::size_t kProbes = 8;
constexpr std::size_t kPointGrain = 256;
constexpr float kLeastWeight = 1e-6F;

tl::unexpected<Error> cancelled() { return fail(ErrorCode::Cancelled, "k-means was cancelled"); }

// ---- exhaustive search ----

// Labels and squared errors of all points. Centroids are searched in stretches that stay in cache.
void assignAll(const Points& points, std::span<const float> centroids, TaskRunner& runner,
               std::span<std::uint32_t> labels, std::span<float> errors) {
  const std::size_t dimension = points.dimension;
  const std::size_t clusters = centroids.size() / dimension;
  const std::size_t stretch = std::max<std::size_t>(64, 32768 / dimension / 64 * 64);
  std::vector<PackedVectors> packed((clusters + stretch - 1) / stretch);
  runner.parallelFor(packed.size(), 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t s = begin; s < end; ++s) {
      const std::size_t first = s * stretch;
      const std::size_t count = std::min(stretch, clusters - first);
      packed[s].assign(centroids.subspan(first * dimension, count * dimension), dimension);
    }
  });
  runner.parallelFor(points.count(), kPointGrain, [&](std::size_t begin, std::size_t end) {
    std::fill(errors.begin() + static_cast<std::ptrdiff_t>(begin),
              errors.begin() + static_cast<std::ptrdiff_t>(end),
              std::numeric_limits<float>::infinity());
    for (std::size_t s = 0; s < packed.size(); ++s) {
      for (std::size_t i = begin; i < end; ++i) {
        const detail::Nearest nearest = findNearest(packed[s], points.row(i));
        if (nearest.distance2 < errors[i]) {
          errors[i] = nearest.distance2;
          labels[i] = static_cast<std::uint32_t>(s * stretch) + nearest.index;
        }
      }
    }
  });
}

Result<KMeansResult> solveFlat(const Points& points, const KMeansOptions& options,
                               TaskRunner& runner) {
  Random random(options.seed);
  const std::size_t sampleSize = std::max<std::size_t>(8192, 16 * options.clusters);
  const OwnedPoints sample = samplePoints(points, sampleSize, random);
  KMeansResult result;
  result.centroids = drawSeeds(sample.view(), options.clusters, random);
  result.labels.assign(points.count(), 0);
  std::vector<float> errors(points.count());
  const std::size_t clusters = result.centroids.size() / points.dimension;
  for (unsigned i = 0;; ++i) {
    if (options.stop.stop_requested()) {
      return cancelled();
    }
    assignAll(points, result.centroids, runner, result.labels, errors);
    if (i == options.iterations) {
      break;
    }
    moveCentroids(points, groupByLabel(result.labels, clusters), 0, clusters, 0, points.count(),
                  errors, result.centroids);
  }
  dropEmpty(result, points.dimension);
  return result;
}

// ---- bounded search ----

// Coarse centres, split until no cell with any spread in it holds many more points than the rest:
// the work inside one cell grows with the square of its size.
Result<std::vector<float>> coarseCentres(const Points& points, std::size_t cells,
                                         const KMeansOptions& options, TaskRunner& runner) {
  constexpr unsigned kIterations = 6;
  constexpr int kRounds = 6;
  const std::size_t dimension = points.dimension;
  KMeansOptions coarse{cells, kIterations, options.seed, options.stop};
  Random random(options.seed);
  const OwnedPoints sample = samplePoints(points, 64 * cells, random);
  VOLPRESS_TRY(KMeansResult first, solveFlat(sample.view(), coarse, runner));
  std::vector<float> centres = std::move(first.centroids);
  std::vector<std::uint32_t> labels(points.count());
  std::vector<float> errors(points.count());
  const std::size_t target = std::max<std::size_t>(1, points.count() / cells);
  for (int round = 0; round < kRounds; ++round) {
    if (options.stop.stop_requested()) {
      return cancelled();
    }
    assignAll(points, centres, runner, labels, errors);
    const std::size_t cellCount = centres.size() / dimension;
    const Members members = groupByLabel(labels, cellCount);
    std::vector<float> split;
    for (std::size_t c = 0; c < cellCount; ++c) {
      const std::span<const std::uint32_t> own(members.points.data() + members.starts[c],
                                               members.starts[c + 1] - members.starts[c]);
      const bool spread =
          std::any_of(own.begin(), own.end(), [&](std::uint32_t i) { return errors[i] > 0; });
      if (own.size() > 4 * target && spread) {
        const OwnedPoints inside = gatherPoints(points, own);
        coarse.clusters = std::min<std::size_t>(64, own.size() / target);
        coarse.seed = random.next();
        const OwnedPoints part = samplePoints(inside.view(), 64 * coarse.clusters, random);
        VOLPRESS_TRY(const KMeansResult parts, solveFlat(part.view(), coarse, runner));
        split.insert(split.end(), parts.centroids.begin(), parts.centroids.end());
      } else {
        split.insert(split.end(), centres.begin() + static_cast<std::ptrdiff_t>(c * dimension),
                     centres.begin() + static_cast<std::ptrdiff_t>((c + 1) * dimension));
      }
    }
    if (split.size() == centres.size()) {
      break;
    }
    centres = std::move(split);
  }
  return centres;
}

// The cells nearest to each point, nearest first: kProbes (or all) per point.
std::vector<std::uint32_t> nearestCells(const Points& points, std::span<const float> centres,
                                        std::size_t probes, TaskRunner& runner) {
  PackedVectors packed;
  packed.assign(centres, points.dimension);
  std::vector<std::uint32_t> cells(points.count() * probes);
  runner.parallelFor(points.count(), kPointGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<float> distances;
    std::vector<std::uint32_t> order(packed.count);
    for (std::size_t i = begin; i < end; ++i) {
      distances.assign(packed.values.size() / points.dimension,
                       std::numeric_limits<float>::infinity());
      lowerDistances(packed, points.row(i), distances);
      std::iota(order.begin(), order.end(), 0U);
      std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(probes),
                        order.end(), [&](std::uint32_t a, std::uint32_t b) {
                          return distances[a] != distances[b] ? distances[a] < distances[b] : a < b;
                        });
      std::copy_n(order.begin(), probes, cells.begin() + static_cast<std::ptrdiff_t>(i * probes));
    }
  });
  return cells;
}

// Shares `clusters` out in proportion to `errors`: at least one for each cell that has points, at
// most as many as it has points.
std::vector<std::size_t> shareClusters(std::span<const double> errors,
                                       std::span<const std::size_t> sizes, std::size_t clusters) {
  const std::size_t cells = sizes.size();
  std::vector<std::size_t> shares(cells, 0);
  std::size_t left = clusters;
  for (std::size_t c = 0; c < cells && left != 0; ++c) {
    shares[c] = sizes[c] == 0 ? 0 : 1;
    left -= shares[c];
  }
  // What a full cell cannot take goes to the others, until nothing moves any more.
  while (left != 0) {
    double open = 0;
    for (std::size_t c = 0; c < cells; ++c) {
      open += shares[c] < sizes[c] ? errors[c] : 0;
    }
    if (!(open > 0)) {
      break;
    }
    const std::size_t before = left;
    double carried = 0;
    for (std::size_t c = 0; c < cells && left != 0; ++c) {
      if (shares[c] >= sizes[c]) {
        continue;
      }
      carried += errors[c] / open * static_cast<double>(before);
      const auto whole = static_cast<std::size_t>(carried);
      const std::size_t given = std::min({whole, sizes[c] - shares[c], left});
      carried -= static_cast<double>(whole);
      shares[c] += given;
      left -= given;
    }
    if (left == before) {
      break;
    }
  }
  return shares;
}

// The state of a bounded search: points lie in the order of their cells, clusters too.
struct CellState {
  Points points;
  std::vector<std::uint32_t> pointStarts;    ///< cells + 1
  std::vector<std::uint32_t> clusterStarts;  ///< cells + 1
  std::vector<std::uint32_t> probes;         ///< kProbes per point
  std::size_t probesPerPoint = 0;
  std::vector<float> centroids;

  [[nodiscard]] std::size_t cells() const noexcept { return pointStarts.size() - 1; }
};

void assignBounded(const CellState& state, std::size_t probes, TaskRunner& runner,
                   std::span<std::uint32_t> labels, std::span<float> errors) {
  const std::size_t dimension = state.points.dimension;
  std::vector<PackedVectors> packed(state.cells());
  runner.parallelFor(state.cells(), 8, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      const std::size_t first = state.clusterStarts[c];
      packed[c].assign(
          std::span<const float>(state.centroids)
              .subspan(first * dimension, (state.clusterStarts[c + 1] - first) * dimension),
          dimension);
    }
  });
  runner.parallelFor(state.points.count(), kPointGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      errors[i] = std::numeric_limits<float>::infinity();
      for (std::size_t p = 0; p < probes; ++p) {
        const std::uint32_t cell = state.probes[i * state.probesPerPoint + p];
        if (packed[cell].count == 0) {
          continue;
        }
        const detail::Nearest nearest = findNearest(packed[cell], state.points.row(i));
        const std::uint32_t label = state.clusterStarts[cell] + nearest.index;
        if (nearest.distance2 < errors[i] ||
            (nearest.distance2 == errors[i] && label < labels[i])) {
          errors[i] = nearest.distance2;
          labels[i] = label;
        }
      }
    }
  });
}

Result<KMeansResult> solveInCells(const Points& points, const KMeansOptions& options,
                                  TaskRunner& runner) {
  const std::size_t dimension = points.dimension;
  const auto cellTarget =
      static_cast<std::size_t>(std::sqrt(static_cast<double>(options.clusters)));
  VOLPRESS_TRY(const std::vector<float> centres,
               coarseCentres(points, cellTarget, options, runner));
  const std::size_t cells = centres.size() / dimension;
  const std::size_t probes = std::min(kProbes, cells);
  const std::vector<std::uint32_t> near = nearestCells(points, centres, probes, runner);

  std::vector<std::uint32_t> home(points.count());
  for (std::size_t i = 0; i < home.size(); ++i) {
    home[i] = near[i * probes];
  }
  const Members members = groupByLabel(home, cells);
  const OwnedPoints sorted = gatherPoints(points, members.points);
  CellState state;
  state.points = sorted.view();
  state.pointStarts = members.starts;
  state.probesPerPoint = probes;
  state.probes.resize(near.size());
  for (std::size_t i = 0; i < members.points.size(); ++i) {
    std::copy_n(near.begin() + static_cast<std::ptrdiff_t>(members.points[i] * probes), probes,
                state.probes.begin() + static_cast<std::ptrdiff_t>(i * probes));
  }

  std::vector<double> cellErrors(cells, 0);
  std::vector<std::size_t> sizes(cells);
  for (std::size_t c = 0; c < cells; ++c) {
    sizes[c] = state.pointStarts[c + 1] - state.pointStarts[c];
    for (std::size_t i = state.pointStarts[c]; i < state.pointStarts[c + 1]; ++i) {
      double error = 0;
      for (std::size_t d = 0; d < dimension; ++d) {
        const double difference = static_cast<double>(state.points.row(i)[d]) -
                                  static_cast<double>(centres[c * dimension + d]);
        error += difference * difference;
      }
      cellErrors[c] += error * static_cast<double>(state.points.weights[i]);
    }
  }
  const std::vector<std::size_t> shares = shareClusters(cellErrors, sizes, options.clusters);
  std::vector<std::vector<float>> seeds(cells);
  runner.parallelFor(cells, 1, [&](std::size_t begin, std::size_t end) {
    for (std::size_t c = begin; c < end; ++c) {
      if (shares[c] != 0 && !options.stop.stop_requested()) {
        Random random(options.seed ^ (c + 1) * 0xD1B54A32D192ED03);
        seeds[c] = drawSeeds(state.points.part(state.pointStarts[c], state.pointStarts[c + 1]),
                             shares[c], random);
      }
    }
  });
  state.clusterStarts.assign(1, 0);
  for (const std::vector<float>& own : seeds) {
    state.centroids.insert(state.centroids.end(), own.begin(), own.end());
    state.clusterStarts.push_back(static_cast<std::uint32_t>(state.centroids.size() / dimension));
  }

  std::vector<std::uint32_t> labels(points.count());
  std::vector<float> errors(points.count());
  for (unsigned i = 0;; ++i) {
    if (options.stop.stop_requested()) {
      return cancelled();
    }
    // Early iterations settle each cell by itself; the last ones look across the borders.
    const bool early = i < options.iterations / 2;
    assignBounded(state, early ? 1 : probes, runner, labels, errors);
    if (i == options.iterations) {
      break;
    }
    const Members groups = groupByLabel(labels, state.clusterStarts.back());
    runner.parallelFor(cells, 1, [&](std::size_t begin, std::size_t end) {
      for (std::size_t c = begin; c < end; ++c) {
        moveCentroids(state.points, groups, state.clusterStarts[c], state.clusterStarts[c + 1],
                      state.pointStarts[c], state.pointStarts[c + 1], errors, state.centroids);
      }
    });
  }
  KMeansResult result;
  result.centroids = std::move(state.centroids);
  result.labels.resize(points.count());
  for (std::size_t i = 0; i < labels.size(); ++i) {
    result.labels[members.points[i]] = labels[i];
  }
  dropEmpty(result, dimension);
  return result;
}

// No more points than clusters: every distinct vector is a centroid.
KMeansResult keepDistinct(const Points& points) {
  const std::size_t dimension = points.dimension;
  std::vector<std::uint32_t> order(points.count());
  std::iota(order.begin(), order.end(), 0U);
  const auto compare = [&](std::uint32_t a, std::uint32_t b) {
    for (std::size_t d = 0; d < dimension; ++d) {
      const float left = points.row(a)[d];
      const float right = points.row(b)[d];
      if (left != right) {
        return left < right ? -1 : 1;
      }
    }
    return 0;
  };
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return compare(a, b) < 0; });
  KMeansResult result;
  result.labels.resize(points.count());
  for (std::size_t i = 0; i < order.size(); ++i) {
    if (i == 0 || compare(order[i - 1], order[i]) != 0) {
      const float* row = points.row(order[i]);
      result.centroids.insert(result.centroids.end(), row, row + dimension);
    }
    result.labels[order[i]] = static_cast<std::uint32_t>(result.centroids.size() / dimension - 1);
  }
  return result;
}

}  // namespace

Result<KMeansResult> kMeans(std::span<const float> points, std::size_t dimension,
                            std::span<const float> weights, const KMeansOptions& options,
                            TaskRunner& runner) {
  if (dimension == 0 || points.size() % dimension != 0) {
    return fail(ErrorCode::InvalidParameter, "k-means: {} floats are no rows of {}", points.size(),
                dimension);
  }
  const std::size_t count = points.size() / dimension;
  if (!weights.empty() && weights.size() != count) {
    return fail(ErrorCode::InvalidParameter, "k-means: {} weights for {} points", weights.size(),
                count);
  }
  if (options.clusters == 0 || options.clusters > 0xFFFFFFFF || count > 0xFFFFFFFF) {
    return fail(ErrorCode::InvalidParameter,
                "k-means: {} clusters of {} points, allowed are 1 to 2^32 - 1", options.clusters,
                count);
  }
  if (count == 0) {
    return KMeansResult{};
  }
  std::vector<float> ownWeights(count, 1.0F);
  if (!weights.empty()) {
    const float largest = *std::max_element(weights.begin(), weights.end());
    if (largest > 0) {
      std::transform(weights.begin(), weights.end(), ownWeights.begin(),
                     [&](float weight) { return std::max(weight / largest, kLeastWeight); });
    }
  }
  const Points all{points, ownWeights, dimension};
  if (count <= options.clusters) {
    return keepDistinct(all);
  }
  const double work = static_cast<double>(count) * static_cast<double>(options.clusters) *
                      static_cast<double>(dimension);
  return work <= kExhaustiveWork || options.clusters < 64 ? solveFlat(all, options, runner)
                                                          : solveInCells(all, options, runner);
}

std::vector<std::uint32_t> nearestCentroids(std::span<const float> points, std::size_t dimension,
                                            std::span<const float> centroids, TaskRunner& runner) {
  const std::size_t count = points.size() / dimension;
  const std::vector<float> weights(count, 1.0F);
  std::vector<std::uint32_t> labels(count, 0);
  std::vector<float> errors(count);
  assignAll({points, weights, dimension}, centroids, runner, labels, errors);
  return labels;
}

}  // namespace volpress
