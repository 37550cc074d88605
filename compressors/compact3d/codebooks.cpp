#include "compressors/compact3d/codebooks.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/coding/vector_codebook.hpp"
#include "scene/base/kmeans.hpp"

namespace volpress::compressors::compact3d {
namespace {

constexpr unsigned kFirstSweeps = 10;
constexpr std::size_t kSplatGrain = 8192;
/// Multiplications between two looks at the stop token: some ten milliseconds.
constexpr std::size_t kWorkPerLook = std::size_t{1} << 28;
constexpr unsigned kPowerIterations = 60;

/// The direction along which the entries spread most, by power iteration; each entry counts as
/// often as it is used.
std::vector<double> mainDirection(const Codebook& book, std::span<const double> uses,
                                  std::span<const double> mean) {
  const std::size_t dimension = book.dimension;
  std::vector<double> covariance(dimension * dimension);
  for (std::size_t entry = 0; entry < uses.size(); ++entry) {
    const float* row = book.entries.data() + entry * dimension;
    for (std::size_t a = 0; a < dimension; ++a) {
      const double off = uses[entry] * (static_cast<double>(row[a]) - mean[a]);
      for (std::size_t b = 0; b < dimension; ++b) {
        covariance[a * dimension + b] += off * (static_cast<double>(row[b]) - mean[b]);
      }
    }
  }
  std::vector<double> direction(dimension, 1.0);
  std::vector<double> next(dimension);
  for (unsigned round = 0; round < kPowerIterations; ++round) {
    double norm = 0;
    for (std::size_t a = 0; a < dimension; ++a) {
      next[a] =
          std::inner_product(direction.begin(), direction.end(),
                             covariance.begin() + static_cast<std::ptrdiff_t>(a * dimension), 0.0);
      norm += next[a] * next[a];
    }
    if (!(norm > 0) || !std::isfinite(norm)) {
      break;  // all entries are the same
    }
    for (std::size_t a = 0; a < dimension; ++a) {
      direction[a] = next[a] / std::sqrt(norm);
    }
  }
  return direction;
}

/// The array of a group, const as the cloud is.
template <typename Cloud>
auto& arrayOf(Cloud& cloud, std::size_t group) noexcept {
  switch (group) {
    case kColors: return cloud.shDc;
    case kSh: return cloud.shRest;
    case kScales: return cloud.logScales;
    default: return cloud.rotations;
  }
}

}  // namespace

std::size_t dimensionOf(std::size_t group, unsigned shDegree) noexcept {
  switch (group) {
    case kSh: return 3 * shRestCount(shDegree);
    case kRotations: return 4;
    default: return 3;
  }
}

const FloatArray& valuesOf(const GaussianCloud& cloud, std::size_t group) noexcept {
  return arrayOf(cloud, group);
}

FloatArray& valuesOf(GaussianCloud& cloud, std::size_t group) noexcept {
  return arrayOf(cloud, group);
}

Result<Codebooks> makeCodebooks(const GaussianCloud& cloud,
                                const std::array<std::size_t, kGroups>& entries,
                                std::span<const float> weights, std::uint64_t seed,
                                TaskRunner& runner, const std::stop_token& stop) {
  Codebooks books;
  for (std::size_t group = 0; group < kGroups; ++group) {
    Codebook& book = books[group];
    book.dimension = dimensionOf(group, cloud.shDegree);
    if (book.dimension == 0) {
      continue;
    }
    KMeansOptions options;
    options.clusters = entries[group];
    options.iterations = kFirstSweeps;
    options.seed = seed;
    options.stop = stop;
    VOLPRESS_TRY(KMeansResult means,
                 kMeans(valuesOf(cloud, group), book.dimension, weights, options, runner));
    book.entries = std::move(means.centroids);
    book.labels = std::move(means.labels);
  }
  return books;
}

void centreEntries(const FloatArray& rows, std::span<const float> weights, Codebook& book) {
  const std::size_t dimension = book.dimension;
  std::vector<double> sums(book.entries.size());
  std::vector<double> mass(book.size());
  for (std::size_t i = 0; i < book.labels.size(); ++i) {
    const double weight = weights.empty() ? 1.0 : static_cast<double>(weights[i]);
    const std::size_t entry = book.labels[i];
    mass[entry] += weight;
    for (std::size_t c = 0; c < dimension; ++c) {
      sums[entry * dimension + c] += weight * static_cast<double>(rows[i * dimension + c]);
    }
  }
  for (std::size_t entry = 0; entry < mass.size(); ++entry) {
    for (std::size_t c = 0; mass[entry] > 0 && c < dimension; ++c) {
      book.entries[entry * dimension + c] =
          static_cast<float>(sums[entry * dimension + c] / mass[entry]);
    }
  }
}

Result<void> assign(const FloatArray& rows, Codebook& book, TaskRunner& runner,
                    const std::stop_token& stop) {
  const std::size_t count = book.labels.size();
  const std::size_t stretch =
      std::max<std::size_t>(1, kWorkPerLook / std::max<std::size_t>(1, book.entries.size()));
  std::vector<std::uint32_t> labels;
  labels.reserve(count);
  for (std::size_t begin = 0; begin < count; begin += stretch) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "assigning splats to codebook entries was cancelled");
    }
    const std::size_t rowsNow = std::min(stretch, count - begin);
    const auto part =
        std::span<const float>(rows).subspan(begin * book.dimension, rowsNow * book.dimension);
    const auto nearest = nearestCentroids(part, book.dimension, book.entries, runner);
    labels.insert(labels.end(), nearest.begin(), nearest.end());
  }
  book.labels = std::move(labels);
  return {};
}

void orderEntries(Codebook& book) {
  const std::size_t dimension = book.dimension;
  if (dimension == 0) {
    return;
  }
  std::vector<double> uses(book.size());
  std::vector<double> mean(dimension);
  for (const std::uint32_t label : book.labels) {
    ++uses[label];
    for (std::size_t c = 0; c < dimension; ++c) {
      mean[c] += static_cast<double>(book.entries[label * dimension + c]);
    }
  }
  for (double& part : mean) {
    part /= static_cast<double>(book.labels.size());
  }
  const std::vector<double> direction = mainDirection(book, uses, mean);
  std::vector<double> place(book.size());
  std::vector<std::uint32_t> order;
  for (std::uint32_t entry = 0; entry < place.size(); ++entry) {
    for (std::size_t c = 0; c < dimension; ++c) {
      place[entry] += direction[c] * static_cast<double>(book.entries[entry * dimension + c]);
    }
    if (uses[entry] > 0) {
      order.push_back(entry);
    }
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return place[a] < place[b]; });
  std::vector<float> entries;
  std::vector<std::uint32_t> moved(place.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    moved[order[i]] = i;
    const auto row =
        book.entries.begin() + static_cast<std::ptrdiff_t>(std::size_t{order[i]} * dimension);
    entries.insert(entries.end(), row, row + static_cast<std::ptrdiff_t>(dimension));
  }
  book.entries = std::move(entries);
  for (std::uint32_t& label : book.labels) {
    label = moved[label];
  }
}

void applyCodebooks(const Codebooks& books, GaussianCloud& cloud, TaskRunner& runner) {
  for (std::size_t group = 0; group < kGroups; ++group) {
    const Codebook& book = books[group];
    FloatArray& values = valuesOf(cloud, group);
    const std::size_t count = book.dimension == 0 ? 0 : cloud.count;
    runner.parallelFor(count, kSplatGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        const float* entry = book.entries.data() + std::size_t{book.labels[i]} * book.dimension;
        std::copy_n(entry, book.dimension, values.data() + i * book.dimension);
        if (group == kRotations && std::all_of(entry, entry + 4, [](float v) { return v == 0; })) {
          values[4 * i] = 1;
        }
      }
    });
  }
}

}  // namespace volpress::compressors::compact3d
