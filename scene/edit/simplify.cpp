#include "scene/edit/simplify.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Dense>

#include "scene/edit/nearest.hpp"

namespace volpress::edit {
namespace {

constexpr std::size_t kNeighbours = 8;
constexpr std::size_t kGrain = 1024;
constexpr double kMostOpacity = 0.99;
// A pass pairs off most splats of a cluttered scene; halving takes one or two.
constexpr int kMostPasses = 16;

struct Pair {
  float cost;
  std::uint32_t a;
  std::uint32_t b;
  bool operator<(const Pair& other) const {
    if (cost != other.cost) {
      return cost < other.cost;
    }
    return a != other.a ? a < other.a : b < other.b;
  }
};

double opacityAt(const GaussianCloud& cloud, std::size_t i) {
  return 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[i])));
}

/// Area that a splat covers seen along its shortest axis, up to a factor.
double areaOf(double a, double b, double c) {
  return a * b * c / std::max(std::min({a, b, c}), 1e-30);
}

double areaAt(const GaussianCloud& cloud, std::size_t i) {
  const float* s = &cloud.logScales[3 * i];
  return areaOf(std::exp(static_cast<double>(s[0])), std::exp(static_cast<double>(s[1])),
                std::exp(static_cast<double>(s[2])));
}

Eigen::Vector3d meanAt(const GaussianCloud& cloud, std::size_t i) {
  const float* m = &cloud.means[3 * i];
  return {static_cast<double>(m[0]), static_cast<double>(m[1]), static_cast<double>(m[2])};
}

Eigen::Matrix3d covarianceAt(const GaussianCloud& cloud, std::size_t i) {
  const float* q = &cloud.rotations[4 * i];
  const float* s = &cloud.logScales[3 * i];
  const Eigen::Matrix3d rotation =
      Eigen::Quaterniond(static_cast<double>(q[0]), static_cast<double>(q[1]),
                         static_cast<double>(q[2]), static_cast<double>(q[3]))
          .normalized()
          .toRotationMatrix();
  const Eigen::Vector3d variance(std::exp(2 * static_cast<double>(s[0])),
                                 std::exp(2 * static_cast<double>(s[1])),
                                 std::exp(2 * static_cast<double>(s[2])));
  return rotation * variance.asDiagonal() * rotation.transpose();
}

/// The pairs of neighbours with what merging them costs, cheapest first.
std::vector<Pair> rankedPairs(const GaussianCloud& cloud, const std::vector<double>& masses,
                              TaskRunner& runner, const std::stop_token& stop) {
  const Neighbours near = nearestNeighbours(cloud.means, kNeighbours, runner, stop);
  std::vector<Pair> pairs(cloud.count * near.each);
  runner.parallelFor(cloud.count, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      for (std::size_t n = 0; n < near.each; ++n) {
        const std::size_t j = near.indices[i * near.each + n];
        double colour2 = 0;
        for (std::size_t c = 0; c < 3; ++c) {
          const auto d = static_cast<double>(cloud.shDc[3 * i + c] - cloud.shDc[3 * j + c]) *
                         static_cast<double>(kSh0);
          colour2 += d * d;
        }
        const double size2 = areaAt(cloud, i) + areaAt(cloud, j);
        const double ward = masses[i] * masses[j] / std::max(masses[i] + masses[j], 1e-300);
        const double cost =
            ward * (static_cast<double>(near.squares[i * near.each + n]) + size2 * colour2);
        pairs[i * near.each + n] = {static_cast<float>(std::min(cost, 1e38)),
                                    static_cast<std::uint32_t>(std::min(i, j)),
                                    static_cast<std::uint32_t>(std::max(i, j))};
      }
    }
  });
  std::sort(pairs.begin(), pairs.end());
  return pairs;
}

/// Puts the mixture of splats a and b in the place of a.
void mergeInto(GaussianCloud& cloud, std::size_t a, std::size_t b, double massA, double massB) {
  const double mass = massA + massB;
  const double wa = mass > 0 ? massA / mass : 0.5;
  const double wb = 1 - wa;
  const Eigen::Vector3d ma = meanAt(cloud, a);
  const Eigen::Vector3d mb = meanAt(cloud, b);
  const Eigen::Vector3d mean = wa * ma + wb * mb;
  const Eigen::Vector3d apart = ma - mb;
  const Eigen::Matrix3d covariance = wa * covarianceAt(cloud, a) + wb * covarianceAt(cloud, b) +
                                     wa * wb * apart * apart.transpose();
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> axes(covariance);
  Eigen::Matrix3d frame = axes.eigenvectors();
  if (frame.determinant() < 0) {
    frame.col(0) = -frame.col(0);
  }
  const Eigen::Quaterniond q(frame);
  Eigen::Vector3d sizes;
  for (int c = 0; c < 3; ++c) {
    sizes[c] = std::sqrt(std::max(axes.eigenvalues()[c], 0.0));
    const auto at = static_cast<std::size_t>(c);
    cloud.means[3 * a + at] = static_cast<float>(mean[c]);
    cloud.logScales[3 * a + at] =
        std::max(static_cast<float>(std::log(std::max(sizes[c], 1e-300))), kMinLogScale);
  }
  cloud.rotations[4 * a] = static_cast<float>(q.w());
  cloud.rotations[4 * a + 1] = static_cast<float>(q.x());
  cloud.rotations[4 * a + 2] = static_cast<float>(q.y());
  cloud.rotations[4 * a + 3] = static_cast<float>(q.z());
  const double area = std::max(areaOf(sizes[0], sizes[1], sizes[2]), 1e-300);
  const double opacity = std::clamp(mass / area, 1e-6, kMostOpacity);
  cloud.opacityLogits[a] = static_cast<float>(std::log(opacity / (1 - opacity)));
  const auto mix = [&](FloatArray& values, std::size_t width) {
    for (std::size_t k = 0; k < width; ++k) {
      values[a * width + k] = static_cast<float>(wa * static_cast<double>(values[a * width + k]) +
                                                 wb * static_cast<double>(values[b * width + k]));
    }
  };
  mix(cloud.shDc, 3);
  mix(cloud.shRest, 3 * shRestCount(cloud.shDegree));
}

/// One round of merges; fewer than asked for when the pairs run out.
GaussianCloud mergeOnce(GaussianCloud cloud, std::size_t target, TaskRunner& runner,
                        const std::stop_token& stop) {
  std::vector<double> masses(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    masses[i] = opacityAt(cloud, i) * areaAt(cloud, i);
  }
  const std::vector<Pair> pairs = rankedPairs(cloud, masses, runner, stop);
  std::vector<bool> taken(cloud.count, false);
  std::vector<bool> gone(cloud.count, false);
  std::vector<Pair> chosen;
  for (const Pair& pair : pairs) {
    if (cloud.count - chosen.size() <= target) {
      break;
    }
    if (!taken[pair.a] && !taken[pair.b]) {
      taken[pair.a] = taken[pair.b] = true;
      gone[pair.b] = true;
      chosen.push_back(pair);
    }
  }
  runner.parallelFor(chosen.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t n = begin; n < end; ++n) {
      mergeInto(cloud, chosen[n].a, chosen[n].b, masses[chosen[n].a], masses[chosen[n].b]);
    }
  });
  std::vector<std::uint32_t> kept;
  kept.reserve(cloud.count - chosen.size());
  for (std::size_t i = 0; i < cloud.count; ++i) {
    if (!gone[i]) {
      kept.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return gatherSplats(cloud, kept);
}

}  // namespace

Result<GaussianCloud> simplifyCloud(const GaussianCloud& cloud, std::size_t target,
                                    TaskRunner& runner, Progress& progress,
                                    const std::stop_token& stop) {
  target = std::max<std::size_t>(target, 1);
  GaussianCloud merged = cloud;
  merged.extras.clear();
  for (int pass = 0; pass < kMostPasses && merged.count > target; ++pass) {
    const std::size_t before = merged.count;
    merged = mergeOnce(std::move(merged), target, runner, stop);
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "simplifying was cancelled");
    }
    progress.report(static_cast<double>(cloud.count - merged.count) /
                    static_cast<double>(cloud.count - std::min(target, cloud.count - 1)));
    if (merged.count == before) {
      break;
    }
  }
  return merged;
}

}  // namespace volpress::edit
