// Three objects whose pictures can be computed exactly: what photographs of a field to train are
// made of.
#pragma once

#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/image.hpp"

namespace volpress {

/// A striped ball, a chequered box and a torus that shines a little, around the origin, z up,
/// within kTrioRadius of it.
inline constexpr float kTrioRadius = 1.2F;

/// Their picture from a camera: 4 channels, straight alpha (0 where nothing is), edges
/// anti-aliased. The same values on any number of threads.
[[nodiscard]] Image trioPicture(const Camera& camera, TaskRunner& runner);

}  // namespace volpress
