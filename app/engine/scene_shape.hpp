// Where a scene's matter is: what generated cameras and the home view are placed by.
#pragma once

#include <array>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

/// Robust against floaters: every figure is a percentile weighted by opacity.
struct SceneShape {
  std::array<float, 3> centre{};  ///< weighted median per axis, scene units
  float middleRadius = 1;         ///< holds 50 % of the weight around the centre; > 0
  float outerRadius = 1;          ///< holds 90 % of the weight
  float fullRadius = 1;           ///< holds 98 % of the weight
  bool isCapture = false;  ///< surroundings far beyond the middle, or a hollow: view it from inside
};

[[nodiscard]] SceneShape measureShape(const GaussianCloud& cloud);

/// Opacity per unit of radius cubed within `radius` of `point`, for comparing places of one scene.
[[nodiscard]] double densityAround(const GaussianCloud& cloud, std::array<float, 3> point,
                                   float radius);

}  // namespace volpress::engine
