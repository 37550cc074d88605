// The unit that learning rates of positions are given in.
#pragma once

#include <span>

#include "scene/types/camera.hpp"

namespace volpress::learning {

/// 1.1 times the largest distance of a camera from their centre, as in 3DGS; 1 if there is but one
/// place.
[[nodiscard]] float sceneExtent(std::span<const Camera> cameras);

}  // namespace volpress::learning
