#include "compressors/coding/vector_codebook.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

#include "scene/base/kmeans.hpp"

namespace volpress::coding {
namespace {

constexpr std::size_t kVectorsPerEntry = 16;
constexpr std::size_t kFewestEntries = 16;
constexpr std::size_t kMostEntries = 8192;
/// Keeps what no view sees from losing its values altogether.
constexpr double kLeastWeight = 0.05;

}  // namespace

std::size_t codebookSize(std::size_t asked, std::size_t served) {
  if (asked != 0) {
    return asked;
  }
  return std::clamp(std::bit_floor(std::max<std::size_t>(1, served / kVectorsPerEntry)),
                    kFewestEntries, kMostEntries);
}

Result<std::vector<float>> trainCodebook(std::span<const float> features, std::size_t dimension,
                                         std::span<const double> significance,
                                         const CodebookOptions& options, TaskRunner& runner) {
  const std::size_t rows = significance.size();
  const std::size_t picked = std::min(rows, options.trainingRows);
  std::vector<float> points(picked * dimension);
  std::vector<float> weights(picked);
  double sum = 0;
  for (std::size_t i = 0; i < picked; ++i) {
    const std::size_t row = i * rows / picked;
    std::copy_n(features.begin() + static_cast<std::ptrdiff_t>(row * dimension), dimension,
                points.begin() + static_cast<std::ptrdiff_t>(i * dimension));
    weights[i] = static_cast<float>(significance[row]);
    sum += significance[row];
  }
  const double mean = sum / static_cast<double>(std::max<std::size_t>(1, picked));
  for (float& weight : weights) {
    weight = mean > 0
                 ? static_cast<float>(std::max(kLeastWeight, static_cast<double>(weight) / mean))
                 : 1.0F;
  }
  KMeansOptions kMeansOptions;
  kMeansOptions.clusters = options.entries;
  kMeansOptions.iterations = options.iterations;
  kMeansOptions.seed = options.seed;
  kMeansOptions.stop = options.stop;
  VOLPRESS_TRY(KMeansResult result, kMeans(points, dimension, weights, kMeansOptions, runner));
  return std::move(result.centroids);
}

UseOrder orderByUse(std::span<const std::uint32_t> labels, std::size_t entries) {
  std::vector<std::uint64_t> uses(entries);
  for (const std::uint32_t label : labels) {
    ++uses[label];
  }
  UseOrder order;
  order.used.resize(entries);
  order.place.resize(entries);
  std::iota(order.used.begin(), order.used.end(), 0U);
  std::stable_sort(order.used.begin(), order.used.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return uses[a] > uses[b]; });
  while (!order.used.empty() && uses[order.used.back()] == 0) {
    order.used.pop_back();
  }
  for (std::size_t i = 0; i < order.used.size(); ++i) {
    order.place[order.used[i]] = static_cast<std::int32_t>(i);
  }
  return order;
}

}  // namespace volpress::coding
