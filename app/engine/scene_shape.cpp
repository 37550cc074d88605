#include "app/engine/scene_shape.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace volpress::engine {
namespace {

/// Enough for percentiles to a fraction of a percent.
constexpr std::size_t kSamples = 100000;

using Weighted = std::pair<float, double>;

/// The value below which `part` of the weight lies. Sorts `values`.
float percentile(std::vector<Weighted>& values, double part) {
  std::sort(values.begin(), values.end());
  double total = 0;
  for (const auto& [value, weight] : values) {
    total += weight;
  }
  double sum = 0;
  for (const auto& [value, weight] : values) {
    sum += weight;
    if (sum >= part * total) {
      return value;
    }
  }
  return values.back().first;
}

double opacity(const GaussianCloud& cloud, std::size_t splat) {
  return 1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[splat])));
}

}  // namespace

SceneShape measureShape(const GaussianCloud& cloud) {
  SceneShape shape;
  if (cloud.count == 0) {
    return shape;
  }
  const std::size_t stride = std::max<std::size_t>(1, cloud.count / kSamples);
  std::array<std::vector<Weighted>, 3> axes;
  for (std::size_t i = 0; i < cloud.count; i += stride) {
    for (std::size_t c = 0; c < 3; ++c) {
      axes[c].emplace_back(cloud.means[3 * i + c], opacity(cloud, i));
    }
  }
  for (std::size_t c = 0; c < 3; ++c) {
    shape.centre[c] = percentile(axes[c], 0.5);
  }
  std::vector<Weighted> distances;
  for (std::size_t i = 0; i < cloud.count; i += stride) {
    double squared = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double offset =
          static_cast<double>(cloud.means[3 * i + c]) - static_cast<double>(shape.centre[c]);
      squared += offset * offset;
    }
    distances.emplace_back(static_cast<float>(std::sqrt(squared)), opacity(cloud, i));
  }
  constexpr float kSmallest = 1e-6F;
  shape.middleRadius = std::max(kSmallest, percentile(distances, 0.5));
  shape.outerRadius = std::max(kSmallest, percentile(distances, 0.9));
  shape.fullRadius = std::max(kSmallest, percentile(distances, 0.98));
  const float innermost = percentile(distances, 0.02);
  // An object's 90 % radius is 1.2 to 2 of its median radius; a capture drags its surroundings
  // along. A room is the other case: next to nothing near its middle.
  shape.isCapture =
      shape.outerRadius > 2.6F * shape.middleRadius || innermost > 0.45F * shape.outerRadius;
  return shape;
}

double densityAround(const GaussianCloud& cloud, std::array<float, 3> point, float radius) {
  const std::size_t stride = std::max<std::size_t>(1, cloud.count / kSamples);
  double sum = 0;
  for (std::size_t i = 0; i < cloud.count; i += stride) {
    float squared = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const float offset = cloud.means[3 * i + c] - point[c];
      squared += offset * offset;
    }
    if (squared < radius * radius) {
      sum += opacity(cloud, i);
    }
  }
  return sum / std::pow(static_cast<double>(radius), 3);
}

}  // namespace volpress::engine
