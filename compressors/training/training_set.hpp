// What a scene is trained from.
#pragma once

#include <string>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/image.hpp"

namespace volpress::training {

/// A photograph with the pinhole camera that took it (lens distortion removed).
struct TrainingView {
  std::string name;
  Camera camera;
  Image photo;           ///< 3 channels, display values 0..1, of the camera's size
  bool isOpaque = true;  ///< else `photo` lies over black
};

/// Photographs to learn from, and the points that structure from motion found, if any.
struct TrainingSet {
  std::vector<TrainingView> views;
  FloatArray points;       ///< 3 a point, in the cameras' frame
  FloatArray pointColors;  ///< 3 a point, 0..1
};

/// Of the views' cameras (learning::sceneExtent): the unit that learning rates and size limits of
/// 3DGS are given in.
[[nodiscard]] float sceneExtent(const TrainingSet& set);

}  // namespace volpress::training
