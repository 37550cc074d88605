// The objects of the sample scene, splat by splat.
#pragma once

#include <functional>
#include <vector>

#include "scene/types/sample_light.hpp"

namespace volpress::sample {

/// One object: splat `index` of `count`, independent of every other splat.
struct SampleObject {
  double share = 0;  ///< of the splat budget
  std::function<Surfel(std::size_t index, std::size_t count, Random& random)> make;
};

/// A stone floor, a wooden board with a woven cloth, a painted vase with grasses and poppies, a
/// brass ball, a lacquered knot, a cup with steam, fruit in a wire bowl; besides, splats hidden
/// inside the solids and stray ones in the air, as training leaves them.
[[nodiscard]] std::vector<SampleObject> sampleObjects();

/// Signed distance to the solids, for shadows.
[[nodiscard]] float solidDistance(Vec3 p);

}  // namespace volpress::sample
