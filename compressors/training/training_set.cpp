#include "compressors/training/training_set.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace volpress::training {

float sceneExtent(const TrainingSet& set) {
  std::array<double, 3> centre{};
  for (const TrainingView& view : set.views) {
    for (std::size_t c = 0; c < 3; ++c) {
      centre[c] +=
          static_cast<double>(view.camera.position[c]) / static_cast<double>(set.views.size());
    }
  }
  double largest = 0;
  for (const TrainingView& view : set.views) {
    double distance2 = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double offset = static_cast<double>(view.camera.position[c]) - centre[c];
      distance2 += offset * offset;
    }
    largest = std::max(largest, distance2);
  }
  return largest > 0 ? static_cast<float>(1.1 * std::sqrt(largest)) : 1.0F;
}

}  // namespace volpress::training
