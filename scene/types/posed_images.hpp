// Photographs whose cameras are known, and the sparse points that were found with them.
#pragma once

#include <array>
#include <filesystem>
#include <string>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/lens.hpp"

namespace volpress {

/// A photograph and the camera that took it. `camera` is the pinhole part: pose, picture size,
/// focal lengths and principal point as calibrated; `lens` says how the photograph is bent against
/// it.
struct PosedImage {
  std::string name;            ///< as the file has it: "images/0001.jpg"
  std::filesystem::path path;  ///< where the photograph should be; empty if the file names none
  Camera camera;               ///< of the size that was calibrated, not always the photograph's
  Lens lens;                   ///< pixels of `camera`'s size
  bool heldOut = false;        ///< the data set names it for testing
};

/// Where instant-ngp places a data set: its point p lies at p * scale + offset of the cube [0,1]^3,
/// axes cycled (toFieldFrame); the field's box is aabbScale cubes wide.
struct FieldPlacement {
  unsigned aabbScale = 0;  ///< 0: the file does not say
  float scale = 0.33F;
  std::array<float, 3> offset{0.5F, 0.5F, 0.5F};
};

/// What structure from motion leaves behind. All in one world frame, as written in the file.
struct PosedImages {
  std::string origin;  ///< for people: "transforms.json", "COLMAP model"
  std::vector<PosedImage> images;
  FloatArray points;       ///< 3 a point, world units
  FloatArray pointColors;  ///< 3 a point, display values 0..1
  /// The similarity (3 x 4, row-major) that a converter applied to the world before it wrote the
  /// file, where it says so: original point -> point of this file. Poses are left as written.
  std::array<float, 12> appliedTransform{1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0};
  FieldPlacement placement;
};

}  // namespace volpress
