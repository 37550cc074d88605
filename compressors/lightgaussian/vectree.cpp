#include "compressors/lightgaussian/vectree.hpp"

#include <algorithm>
#include <bit>

#include "compressors/lightgaussian/significance.hpp"
#include "scene/base/kmeans.hpp"

namespace volpress::compressors::lightgaussian {
namespace {

constexpr std::size_t kSplatsPerEntry = 16;
constexpr std::size_t kFewestEntries = 16;
constexpr std::size_t kMostEntries = 8192;
constexpr unsigned kLloydIterations = 10;

}  // namespace

std::size_t codebookSize(std::size_t asked, std::size_t served) {
  if (asked != 0) {
    return asked;
  }
  return std::clamp(std::bit_floor(std::max<std::size_t>(1, served / kSplatsPerEntry)),
                    kFewestEntries, kMostEntries);
}

coding::SymbolArray chooseForCodebook(std::span<const double> score, double share) {
  coding::SymbolArray chosen(score.size(), 1);
  for (const std::uint32_t direct : keptSplats(score, share)) {
    chosen[direct] = 0;
  }
  return chosen;
}

Result<std::vector<float>> trainCodebook(std::span<const float> features, std::size_t dimension,
                                         std::span<const double> significance, std::size_t entries,
                                         std::uint64_t seed, const std::stop_token& stop,
                                         TaskRunner& runner) {
  const std::size_t rows = significance.size();
  const std::size_t picked = std::min(rows, kMaxTrainingRows);
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
  // A floor keeps splats that no view sees from losing their colour altogether.
  const double mean = sum / static_cast<double>(std::max<std::size_t>(1, picked));
  constexpr double kFloor = 0.05;
  for (float& weight : weights) {
    weight =
        mean > 0 ? static_cast<float>(std::max(kFloor, static_cast<double>(weight) / mean)) : 1.0F;
  }
  KMeansOptions options;
  options.clusters = entries;
  options.iterations = kLloydIterations;
  options.seed = seed;
  options.stop = stop;
  VOLPRESS_TRY(KMeansResult result, kMeans(points, dimension, weights, options, runner));
  return std::move(result.centroids);
}

}  // namespace volpress::compressors::lightgaussian
