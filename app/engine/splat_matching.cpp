#include "app/engine/splat_matching.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <tuple>

#include "scene/base/point_tree.hpp"

namespace volpress::engine {
namespace {

constexpr std::size_t kCandidates = 6;
constexpr std::size_t kGrain = 1024;
constexpr std::size_t kOrderSamples = 4096;
constexpr double kSameOrderShare = 0.995;
// Differences that codecs usually leave, in each attribute's unit: they weigh alike.
constexpr float kScaleStep = 0.1F;
constexpr float kOpacityStep = 0.05F;
constexpr float kColorStep = 0.1F;
constexpr float kMostOfOne = 4;  // of one attribute, in steps squared
// A partner lies within this many of its own standard deviations, or of the usual distance.
constexpr float kReach = 3;
constexpr float kUsualReach = 8;

struct Candidate {
  float score = 0;
  std::uint32_t result = 0;
  std::uint32_t original = 0;
};

float square(float value) { return value * value; }

float opacityOf(float logit) { return 1 / (1 + std::exp(-logit)); }

float squaredDistance(const GaussianCloud& a, std::size_t i, const GaussianCloud& b,
                      std::size_t j) {
  float sum = 0;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    sum += square(a.means[3 * i + axis] - b.means[3 * j + axis]);
  }
  return sum;
}

/// The scales of a splat, smallest first: codecs may name the axes anew.
std::array<float, 3> sortedScales(const GaussianCloud& cloud, std::size_t i) {
  std::array<float, 3> scales{cloud.logScales[3 * i], cloud.logScales[3 * i + 1],
                              cloud.logScales[3 * i + 2]};
  std::sort(scales.begin(), scales.end());
  return scales;
}

/// How unlike two splats are apart from their places, in steps squared. No attribute counts for
/// much by itself: codecs fit colours anew.
float unlikeness(const GaussianCloud& a, std::size_t i, const GaussianCloud& b, std::size_t j) {
  const auto term = [](float difference, float step) {
    return std::min(square(difference / step), kMostOfOne);
  };
  const auto scalesA = sortedScales(a, i);
  const auto scalesB = sortedScales(b, j);
  float sum = term(opacityOf(a.opacityLogits[i]) - opacityOf(b.opacityLogits[j]), kOpacityStep);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    sum += term(scalesA[axis] - scalesB[axis], kScaleStep);
    sum += term(kSh0 * (a.shDc[3 * i + axis] - b.shDc[3 * j + axis]), kColorStep);
  }
  return sum;
}

float largestDeviation(const GaussianCloud& cloud, std::size_t i) {
  return std::exp(
      std::max({cloud.logScales[3 * i], cloud.logScales[3 * i + 1], cloud.logScales[3 * i + 2]}));
}

float nearestSquare(const PointTree& tree, const GaussianCloud& result, std::size_t i) {
  std::uint32_t index = 0;
  float distance = 0;
  return tree.knnSearch(&result.means[3 * i], 1, &index, &distance) == 0 ? 0 : distance;
}

bool keepsOrder(const PointTree& tree, const GaussianCloud& original, const GaussianCloud& result) {
  if (original.count != result.count) {
    return false;
  }
  const std::size_t step = std::max<std::size_t>(1, original.count / kOrderSamples);
  std::size_t asked = 0;
  std::size_t own = 0;
  for (std::size_t i = 0; i < original.count; i += step) {
    // Where steps of positions are coarse, a neighbour may lie a little nearer than the own splat.
    const float limit = 4 * nearestSquare(tree, result, i);
    own += squaredDistance(original, i, result, i) <= limit ? 1U : 0U;
    ++asked;
  }
  return static_cast<double>(own) >= kSameOrderShare * static_cast<double>(asked);
}

/// The median squared distance to the nearest splat of the original: what the codec did to places.
float usualSquare(const PointTree& tree, const GaussianCloud& result) {
  const std::size_t step = std::max<std::size_t>(1, result.count / kOrderSamples);
  std::vector<float> squares;
  for (std::size_t i = 0; i < result.count; i += step) {
    squares.push_back(nearestSquare(tree, result, i));
  }
  const auto middle = squares.begin() + static_cast<std::ptrdiff_t>(squares.size() / 2);
  std::nth_element(squares.begin(), middle, squares.end());
  return *middle;
}

std::vector<Candidate> findCandidates(const PointTree& tree, const GaussianCloud& original,
                                      const GaussianCloud& result, TaskRunner& runner,
                                      const std::stop_token& stop) {
  const float usual = usualSquare(tree, result);
  const std::size_t each = std::min(kCandidates, original.count);
  std::vector<Candidate> candidates(result.count * each, Candidate{0, 0, kNoSplat});
  runner.parallelFor(result.count, kGrain, [&](std::size_t begin, std::size_t end) {
    if (stop.stop_requested()) {
      return;
    }
    std::array<std::uint32_t, kCandidates> indices{};
    std::array<float, kCandidates> squares{};
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t found =
          tree.knnSearch(&result.means[3 * i], each, indices.data(), squares.data());
      for (std::size_t k = 0; k < found; ++k) {
        const float reach = kReach * largestDeviation(original, indices[k]);
        if (squares[k] > std::max(square(reach), square(kUsualReach) * usual)) {
          continue;
        }
        // Places weigh by how far codecs move them; exact ones decide alone.
        const float place = squares[k] == 0 ? 0 : squares[k] / std::max(usual, 1e-20F);
        candidates[i * each + k] = {place + unlikeness(result, i, original, indices[k]),
                                    static_cast<std::uint32_t>(i), indices[k]};
      }
    }
  });
  std::erase_if(candidates,
                [](const Candidate& candidate) { return candidate.original == kNoSplat; });
  return candidates;
}

}  // namespace

Result<SplatMatch> matchSplats(const GaussianCloud& original, const GaussianCloud& result,
                               TaskRunner& runner, const std::stop_token& stop) {
  if (original.count >= kNoSplat || result.count >= kNoSplat) {
    return fail(ErrorCode::InvalidParameter, "{} and {} splats; at most {} can be matched",
                original.count, result.count, kNoSplat - 1);
  }
  SplatMatch match;
  match.originalOf.assign(result.count, kNoSplat);
  if (original.count == 0 || result.count == 0) {
    return match;
  }
  const PointSource source{original.means};
  const PointTree tree(3, source, nanoflann::KDTreeSingleIndexAdaptorParams(16));
  if (keepsOrder(tree, original, result)) {
    std::iota(match.originalOf.begin(), match.originalOf.end(), 0U);
    match.matched = result.count;
    match.sameOrder = true;
    return match;
  }
  std::vector<Candidate> candidates = findCandidates(tree, original, result, runner, stop);
  if (stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled while matching splats");
  }
  // The surest pairs first; whoever loses a candidate takes the next that is free.
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.score, a.result, a.original) < std::tie(b.score, b.result, b.original);
  });
  std::vector<bool> taken(original.count, false);
  for (const Candidate& candidate : candidates) {
    if (!taken[candidate.original] && match.originalOf[candidate.result] == kNoSplat) {
      taken[candidate.original] = true;
      match.originalOf[candidate.result] = candidate.original;
      ++match.matched;
    }
  }
  return match;
}

}  // namespace volpress::engine
