#include "compressors/training/initial_cloud.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <random>

#include "scene/edit/nearest.hpp"

namespace volpress::training {
namespace {

constexpr float kFirstOpacity = 0.1F;
constexpr std::size_t kNeighbours = 3;
constexpr float kSmallestDistance2 = 1e-7F;

/// Mean squared distance of each point to its nearest neighbours.
std::vector<float> neighbourDistances(const FloatArray& points, TaskRunner& runner) {
  const edit::Neighbours near = edit::nearestNeighbours(points, kNeighbours, runner, {});
  std::vector<float> distances(points.size() / 3, 1.0F);
  if (near.each == 0) {
    return distances;
  }
  for (std::size_t i = 0; i < distances.size(); ++i) {
    float sum = 0;
    for (std::size_t k = 0; k < near.each; ++k) {
      sum += near.squares[i * near.each + k];
    }
    distances[i] = sum / static_cast<float>(near.each);
  }
  return distances;
}

float unitRandom(std::mt19937_64& random) {
  return static_cast<float>(static_cast<double>(random() >> 11) * 0x1p-53);
}

}  // namespace

GaussianCloud initialCloud(const TrainingSet& set, unsigned shDegree, std::size_t randomCount,
                           std::uint64_t seed, TaskRunner& runner) {
  FloatArray points = set.points;
  FloatArray colors = set.pointColors;
  if (points.empty()) {
    std::array<float, 3> centre{};
    for (const TrainingView& view : set.views) {
      for (std::size_t c = 0; c < 3; ++c) {
        centre[c] += view.camera.position[c] / static_cast<float>(set.views.size());
      }
    }
    const float half = 3 * sceneExtent(set);
    std::mt19937_64 random(seed);
    points.resize(3 * randomCount);
    colors.resize(3 * randomCount);
    for (std::size_t i = 0; i < points.size(); ++i) {
      points[i] = centre[i % 3] + half * (2 * unitRandom(random) - 1);
      colors[i] = unitRandom(random);
    }
  }
  const std::vector<float> distances = neighbourDistances(points, runner);
  GaussianCloud cloud;
  resizeCloud(cloud, points.size() / 3, shDegree);
  cloud.means = points;
  std::fill(cloud.rotations.begin(), cloud.rotations.end(), 0.0F);
  std::fill(cloud.shRest.begin(), cloud.shRest.end(), 0.0F);
  std::fill(cloud.opacityLogits.begin(), cloud.opacityLogits.end(),
            std::log(kFirstOpacity / (1 - kFirstOpacity)));
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float logScale = 0.5F * std::log(std::max(distances[i], kSmallestDistance2));
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.logScales[3 * i + c] = logScale;
      cloud.shDc[3 * i + c] = (colors[3 * i + c] - 0.5F) / kSh0;
    }
    cloud.rotations[4 * i] = 1;
  }
  return cloud;
}

}  // namespace volpress::training
