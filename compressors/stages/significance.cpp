#include "compressors/stages/significance.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace volpress::coding {
namespace {

/// Of the mean: what no view sees still weighs something.
constexpr double kLeastWeight = 0.05;

constexpr double kReferencePercentile = 0.9;

/// A well-mixed number of (seed, index) for the random score.
double hashedUnit(std::uint64_t seed, std::uint64_t index) {
  std::uint64_t x = seed * 0x9E3779B97F4A7C15ULL + index + 1;
  x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9ULL;
  x = (x ^ (x >> 27)) * 0x94D049BB133111EBULL;
  x ^= x >> 31;
  return std::ldexp(static_cast<double>(x >> 11), -53);
}

}  // namespace

std::vector<Camera> trainingCameras(const ViewSet* views) {
  std::vector<Camera> cameras;
  if (views != nullptr) {
    for (const View& view : views->views) {
      if (!view.heldOut) {
        cameras.push_back(view.camera);
      }
    }
  }
  return cameras;
}

Result<void> checkSeesViews(std::string_view codec, std::span<const Camera> cameras,
                            const compressors::RunContext& context) {
  if (cameras.empty() || context.rasterizer == nullptr) {
    return fail(ErrorCode::InvalidParameter,
                "{} needs a renderer and at least one view that is not held out, to see what "
                "matters; there are {} such views",
                codec, cameras.size());
  }
  return {};
}

std::vector<float> fitWeights(std::span<const double> score) {
  constexpr double kEqualShare = 0.1;
  constexpr double kMostWeight = 10;
  double mean = 0;
  for (const double one : score) {
    mean += one / static_cast<double>(score.size());
  }
  std::vector<float> weights;
  weights.reserve(score.size());
  for (const double one : score) {
    const double share = mean > 0 ? one / mean : 1;
    weights.push_back(static_cast<float>(kEqualShare + std::min(share, kMostWeight)));
  }
  return weights;
}

std::vector<double> volumeFactors(const GaussianCloud& cloud, VolumeNorm norm, double power) {
  std::vector<double> logVolumes(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    logVolumes[i] = static_cast<double>(cloud.logScales[3 * i]) +
                    static_cast<double>(cloud.logScales[3 * i + 1]) +
                    static_cast<double>(cloud.logScales[3 * i + 2]);
  }
  if (cloud.count == 0) {
    return logVolumes;
  }
  std::vector<double> sorted = logVolumes;
  // The released code takes element 0.9 n of the descending order, which is a small volume; without
  // a clamp it only scales all factors alike.
  const auto n = static_cast<double>(cloud.count);
  const auto fromBelow = static_cast<std::size_t>(
      norm == VolumeNorm::Clamp90 ? std::floor(kReferencePercentile * n)
                                  : n - 1 - std::floor(kReferencePercentile * n));
  const auto reference =
      sorted.begin() + static_cast<std::ptrdiff_t>(std::min(fromBelow, cloud.count - 1));
  std::nth_element(sorted.begin(), reference, sorted.end());
  const double logReference = *reference;
  for (double& value : logVolumes) {
    double ratio = value - logReference;
    if (norm == VolumeNorm::Clamp90) {
      ratio = std::min(ratio, 0.0);
    }
    value = std::exp(power * ratio);
  }
  return logVolumes;
}

Result<Significance> scoreSplats(const GaussianCloud& cloud, std::span<const Camera> cameras,
                                 const ScoreOptions& options, compressors::RunContext& context) {
  Significance result;
  result.score.resize(cloud.count);
  const std::shared_ptr<const GaussianCloud> alias(std::shared_ptr<void>(), &cloud);
  VOLPRESS_TRY(const auto prepared, context.rasterizer->prepare(alias));
  renderer::ContributionScores sums;
  for (std::size_t i = 0; i < cameras.size(); ++i) {
    if (context.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "scoring was cancelled");
    }
    VOLPRESS_CHECK(context.rasterizer->accumulateScores(*prepared, cameras[i], sums, context.stop));
    context.progress.report(static_cast<double>(i + 1) / static_cast<double>(cameras.size()),
                            fmt::format("{}/{} views", i + 1, cameras.size()));
  }
  const std::vector<double> volumes = volumeFactors(cloud, options.volumeNorm, options.volumePower);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    switch (options.kind) {
      case ScoreKind::Significance:
        result.score[i] = static_cast<double>(sums.opacityTransmittance[i]) * volumes[i];
        break;
      case ScoreKind::WeightedContribution:
        result.score[i] = static_cast<double>(sums.alphaTransmittance[i]) * volumes[i];
        break;
      case ScoreKind::Contribution:
        result.score[i] = static_cast<double>(sums.alphaTransmittance[i]);
        break;
      case ScoreKind::Opacity: result.score[i] = static_cast<double>(cloud.opacityLogits[i]); break;
      case ScoreKind::Random: result.score[i] = hashedUnit(context.seed, i); break;
    }
    if (sums.hits[i] == 0) {
      ++result.unseen;
      if (options.keepUnseen) {
        result.score[i] = std::numeric_limits<double>::infinity();
      }
    }
  }
  return result;
}

Result<std::vector<float>> contributionWeights(const GaussianCloud& cloud,
                                               std::span<const Camera> cameras,
                                               compressors::RunContext& context) {
  VOLPRESS_TRY(
      const Significance significance,
      scoreSplats(cloud, cameras, {ScoreKind::Contribution, VolumeNorm::None, 0, false}, context));
  const std::vector<double>& score = significance.score;
  const double mean =
      std::accumulate(score.begin(), score.end(), 0.0) / static_cast<double>(score.size());
  std::vector<float> weights;
  if (mean > 0) {
    weights.resize(score.size());
    std::transform(score.begin(), score.end(), weights.begin(), [mean](double one) {
      return static_cast<float>(std::max(kLeastWeight, one / mean));
    });
  }
  return weights;
}

std::vector<std::uint32_t> keptSplats(std::span<const double> score, double share) {
  std::vector<std::uint32_t> order(score.size());
  std::iota(order.begin(), order.end(), 0U);
  const auto removed = static_cast<std::size_t>(
      std::floor(std::clamp(share, 0.0, 1.0) * static_cast<double>(score.size())));
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint32_t a, std::uint32_t b) { return score[a] < score[b]; });
  order.erase(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(removed));
  std::sort(order.begin(), order.end());
  return order;
}

Result<KeptScene> keepContributing(const GaussianCloud& original, std::span<const Camera> cameras,
                                   double share, float logitLimit,
                                   compressors::RunContext& context) {
  VOLPRESS_TRY(const Significance significance,
               scoreSplats(original, cameras, {ScoreKind::WeightedContribution}, context));
  const std::vector<std::uint32_t> stay = keptSplats(significance.score, share);
  KeptScene kept;
  kept.cloud = gatherSplats(original, stay);
  kept.cloud.extras.clear();
  for (float& logit : kept.cloud.opacityLogits) {
    logit = std::clamp(logit, -logitLimit, logitLimit);
  }
  std::vector<double> scores(stay.size());
  std::transform(stay.begin(), stay.end(), scores.begin(),
                 [&](std::uint32_t splat) { return significance.score[splat]; });
  kept.weights = fitWeights(scores);
  context.log.push_back(fmt::format("{} of {} splats are seen in none of the {} views; {} stay",
                                    significance.unseen, original.count, cameras.size(),
                                    kept.cloud.count));
  return kept;
}

}  // namespace volpress::coding
