#include "compressors/learning/scene_extent.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace volpress::learning {

float sceneExtent(std::span<const Camera> cameras) {
  std::array<double, 3> centre{};
  for (const Camera& camera : cameras) {
    for (std::size_t c = 0; c < 3; ++c) {
      centre[c] += static_cast<double>(camera.position[c]) / static_cast<double>(cameras.size());
    }
  }
  double largest = 0;
  for (const Camera& camera : cameras) {
    double distance2 = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double offset = static_cast<double>(camera.position[c]) - centre[c];
      distance2 += offset * offset;
    }
    largest = std::max(largest, distance2);
  }
  return largest > 0 ? static_cast<float>(1.1 * std::sqrt(largest)) : 1.0F;
}

}  // namespace volpress::learning
