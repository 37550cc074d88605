#include "compressors/sags/key_points.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "compressors/coding/canonical_rotation.hpp"
#include "compressors/learning/shape_loss.hpp"
#include "compressors/sags/curvature.hpp"
#include "scene/base/morton.hpp"
#include "scene/base/point_tree.hpp"

namespace volpress::compressors::sags {
namespace {

/// A splat's weight: a share that all have, and a bound that none passes.
constexpr double kEqualShare = 0.05;
constexpr double kMostWeight = 4;
/// The axis of a splat is what a head says of it, at most 1, times the stored one.
constexpr float kRoom = 0.6931472F;

/// How many neighbours a point of this standardised curvature has a mid-point with.
struct MidRule {
  std::uint8_t flat, plain, curved;
  [[nodiscard]] std::uint8_t of(float curvature) const {
    return curvature < kFlat ? flat : curvature > kCurved ? curved : plain;
  }
};
constexpr MidRule kLiteRule{4, 2, 2};
constexpr MidRule kSparingRule{4, 2, 0};
constexpr MidRule kDensifyRule{9, 2, 2};

std::vector<std::uint32_t> chosenSplats(const GaussianCloud& cloud, std::span<const double> scores,
                                        double share, TaskRunner& runner) {
  const auto wanted =
      static_cast<std::size_t>(std::max(1.0, std::round(share * static_cast<double>(cloud.count))));
  const double mean =
      std::accumulate(scores.begin(), scores.end(), 0.0) / static_cast<double>(scores.size());
  const std::vector<std::uint32_t> order = mortonOrder(cloud.means, runner);
  std::vector<double> ends(order.size());
  double sum = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const double score = scores[order[i]];
    // What no view sees is left out, unless none sees anything.
    sum += mean > 0 ? (score > 0 ? kEqualShare + std::min(kMostWeight, std::sqrt(score / mean)) : 0)
                    : 1;
    ends[i] = sum;
  }
  std::vector<std::uint32_t> chosen;
  for (std::size_t i = 0, stretch = 0; i < order.size() && stretch < wanted; ++stretch) {
    const double end = sum * static_cast<double>(stretch + 1) / static_cast<double>(wanted);
    std::uint32_t best = order[i];
    bool any = false;
    for (; i < order.size() && (ends[i] <= end || stretch + 1 == wanted); ++i, any = true) {
      best = !any || scores[order[i]] > scores[best] ? order[i] : best;
    }
    if (any && (mean <= 0 || scores[best] > 0)) {
      chosen.push_back(best);
    }
  }
  return chosen;
}

/// Distinct, in the order of a file.
Result<std::vector<coding::GridPoint>> ordered(std::vector<coding::GridPoint> points, unsigned bits,
                                               const std::stop_token& stop) {
  VOLPRESS_TRY(const auto coded, coding::encodePositions(points, bits, stop));
  std::vector<coding::GridPoint> result;
  for (const std::uint32_t i : coded.order) {
    if (result.empty() || result.back() != points[i]) {
      result.push_back(points[i]);
    }
  }
  return result;
}

/// Those of the candidates that the curvature at either end asks for.
Result<std::vector<std::array<std::uint32_t, 2>>> pairsByCurvature(
    std::span<const coding::GridPoint> keys, std::size_t most, const MidRule& rule,
    RunContext& context) {
  VOLPRESS_TRY(const std::vector<Pair> candidates,
               candidatePairs(keys, most, context.runner, context.stop));
  VOLPRESS_TRY(const std::vector<float> curved, curvatures(keys, context.runner, context.stop));
  const std::vector<float> standard = standardised(curved);
  std::vector<std::array<std::uint32_t, 2>> parents;
  for (const Pair& pair : candidates) {
    if (pair.placeOfSecond < rule.of(standard[pair.first]) ||
        pair.placeOfFirst < rule.of(standard[pair.second])) {
      parents.push_back({pair.first, pair.second});
    }
  }
  return parents;
}

/// Puts stored points half way between others until there are `wanted`.
Result<void> densify(std::vector<coding::GridPoint>& keys, std::size_t wanted, unsigned bits,
                     RunContext& context) {
  VOLPRESS_TRY(const auto pairs, pairsByCurvature(keys, kNeighbours, kDensifyRule, context));
  // Evenly from all over the scene when there are more than are wanted.
  const std::size_t room = wanted > keys.size() ? wanted - keys.size() : 0;
  const std::size_t taken = std::min(room, pairs.size());
  for (std::size_t i = 0; i < taken; ++i) {
    const auto [a, b] = pairs[i * pairs.size() / taken];
    keys.push_back(
        {(keys[a].x + keys[b].x) / 2, (keys[a].y + keys[b].y) / 2, (keys[a].z + keys[b].z) / 2});
  }
  VOLPRESS_TRY(keys, ordered(std::move(keys), bits, context.stop));
  return {};
}

}  // namespace

Result<void> choosePoints(const GaussianCloud& cloud, std::span<const double> scores,
                          const Settings& settings, StoredScene& scene, RunContext& context) {
  const bool densifies = settings.layout == Layout::Full && settings.densify;
  const double share = settings.keyShare * (densifies ? 0.5 : 1);
  const std::vector<std::uint32_t> chosen = chosenSplats(cloud, scores, share, context.runner);
  const GaussianCloud kept = gatherSplats(cloud, chosen);
  scene.layout = settings.layout;
  scene.grid = coding::PositionGrid::between(kept.means, settings.precision);
  std::vector<coding::GridPoint> points;
  for (std::size_t i = 0; i < kept.count; ++i) {
    points.push_back(scene.grid.quantise(kept.means.data() + 3 * i));
  }
  VOLPRESS_TRY(scene.keys, ordered(std::move(points), scene.grid.bits, context.stop));
  if (densifies) {
    VOLPRESS_CHECK(densify(scene.keys, 2 * scene.keys.size(), scene.grid.bits, context));
  }
  if (settings.layout == Layout::Lite) {
    VOLPRESS_TRY(scene.parents,
                 pairsByCurvature(scene.keys, kLiteNeighbours,
                                  settings.spareThin ? kSparingRule : kLiteRule, context));
    // More points than the scene had splats are of no use.
    scene.parents.resize(
        std::min(scene.parents.size(), cloud.count - std::min(cloud.count, scene.keys.size())));
  }
  return {};
}

std::vector<std::uint32_t> targetsOf(const GaussianCloud& cloud, const Points& points,
                                     TaskRunner& runner) {
  std::vector<std::uint32_t> targets(points.count());
  constexpr std::size_t kGrain = 1024;
  const auto find = [&](const FloatArray& among, std::span<const std::uint32_t> names,
                        std::size_t first, std::size_t last) {
    const PointSource source{among};
    const PointTree tree(3, source);
    runner.parallelFor(last - first, kGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = first + begin; i < first + end; ++i) {
        std::uint32_t index = 0;
        float squared = 0;
        tree.knnSearch(points.positions.data() + 3 * i, 1, &index, &squared);
        targets[i] = names.empty() ? index : names[index];
      }
    });
  };
  find(cloud.means, {}, 0, points.keys);
  std::vector<bool> stoodFor(cloud.count, false);
  for (std::size_t i = 0; i < points.keys; ++i) {
    stoodFor[targets[i]] = true;
  }
  FloatArray others;
  std::vector<std::uint32_t> names;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    if (!stoodFor[i]) {
      others.insert(others.end(), cloud.means.begin() + static_cast<std::ptrdiff_t>(3 * i),
                    cloud.means.begin() + static_cast<std::ptrdiff_t>(3 * i + 3));
      names.push_back(static_cast<std::uint32_t>(i));
    }
  }
  if (names.empty()) {
    find(cloud.means, {}, points.keys, points.count());
  } else {
    find(others, names, points.keys, points.count());
  }
  return targets;
}

FloatArray freshSizes(const GaussianCloud& cloud, const Points& points,
                      std::span<const std::uint32_t> targets) {
  FloatArray sizes(points.keys * kSizeWidth);
  const PointGraph& graph = points.graph;
  for (std::size_t i = 0; i < points.keys; ++i) {
    double squares = 0;
    const std::size_t near = std::min<std::size_t>(3, graph.each);
    for (std::size_t k = 0; k < near; ++k) {
      const float* other =
          points.positions.data() + std::size_t{3} * graph.nearest[i * graph.each + k];
      for (std::size_t c = 0; c < 3; ++c) {
        const double off =
            static_cast<double>(other[c]) - static_cast<double>(points.positions[3 * i + c]);
        squares += off * off / static_cast<double>(near);
      }
    }
    const std::size_t splat = targets[i];
    const coding::CanonicalEllipsoid ellipsoid = coding::canonicalEllipsoid(
        cloud.logScales.data() + 3 * splat, cloud.rotations.data() + 4 * splat);
    constexpr double kLeastSquare = 1e-30;
    const auto reach = static_cast<float>(0.5 * std::log(std::max(squares, kLeastSquare)));
    const auto longest = static_cast<float>(ellipsoid.logScales[0]);
    for (std::size_t c = 0; c < 3; ++c) {
      sizes[kSizeWidth * i + c] = reach;
      sizes[kSizeWidth * i + 3 + c] =
          std::max(static_cast<float>(ellipsoid.logScales[c]), longest + learning::kThinnestAxis) +
          kRoom;
    }
  }
  return sizes;
}

}  // namespace volpress::compressors::sags
