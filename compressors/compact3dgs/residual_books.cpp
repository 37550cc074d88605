#include "compressors/compact3dgs/residual_books.hpp"

#include <algorithm>

#include "scene/base/kmeans.hpp"

namespace volpress::compressors::compact3dgs {
namespace {

constexpr unsigned kSweeps = 15;
constexpr std::size_t kRowGrain = 8192;

void subtract(const ResidualBooks::Stage& stage, std::size_t dimension, FloatArray& rest,
              TaskRunner& runner) {
  runner.parallelFor(stage.labels.size(), kRowGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t c = 0; c < dimension; ++c) {
        rest[i * dimension + c] -= stage.entries[std::size_t{stage.labels[i]} * dimension + c];
      }
    }
  });
}

}  // namespace

Result<ResidualBooks> trainResidualBooks(const FloatArray& values, std::size_t dimension,
                                         std::size_t stages, std::size_t codes,
                                         std::span<const float> weights, std::uint64_t seed,
                                         TaskRunner& runner, const std::stop_token& stop) {
  ResidualBooks books;
  books.dimension = dimension;
  FloatArray rest = values;
  for (std::size_t i = 0; i < stages; ++i) {
    KMeansOptions options;
    options.clusters = codes;
    options.iterations = kSweeps;
    options.seed = seed + i;
    options.stop = stop;
    VOLPRESS_TRY(KMeansResult means, kMeans(rest, dimension, weights, options, runner));
    means.centroids.resize(codes * dimension, 0.0F);
    books.stages.push_back({std::move(means.centroids), std::move(means.labels)});
    subtract(books.stages.back(), dimension, rest, runner);
  }
  return books;
}

void assignRows(const FloatArray& values, ResidualBooks& books, TaskRunner& runner) {
  FloatArray rest = values;
  for (ResidualBooks::Stage& stage : books.stages) {
    stage.labels = nearestCentroids(rest, books.dimension, stage.entries, runner);
    subtract(stage, books.dimension, rest, runner);
  }
}

void sumEntries(const ResidualBooks& books, FloatArray& values, TaskRunner& runner) {
  const std::size_t dimension = books.dimension;
  runner.parallelFor(books.rows(), kRowGrain, [&](std::size_t begin, std::size_t end) {
    std::fill(values.begin() + static_cast<std::ptrdiff_t>(begin * dimension),
              values.begin() + static_cast<std::ptrdiff_t>(end * dimension), 0.0F);
    for (const ResidualBooks::Stage& stage : books.stages) {
      for (std::size_t i = begin; i < end; ++i) {
        for (std::size_t c = 0; c < dimension; ++c) {
          values[i * dimension + c] += stage.entries[std::size_t{stage.labels[i]} * dimension + c];
        }
      }
    }
  });
}

}  // namespace volpress::compressors::compact3dgs
