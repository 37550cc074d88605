// The sample scene, made from a seed.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress {

/// A still life of at least 100,000 Gaussians with SH 3: glossy view-dependent surfaces, fine
/// texture, thin structures, a soft volume, floaters and hidden Gaussians worth pruning. Up is -Y.
/// `scale` multiplies the splat budget (1: about 150,000). The same seed gives the same cloud on
/// any number of threads.
[[nodiscard]] GaussianCloud makeSampleScene(std::uint64_t seed, double scale, TaskRunner& runner);

/// A furnished room of about 220,000 Gaussians with SH 3, closed on all sides: sunlight through a
/// window, a rug, a sofa, books, pictures, a plant. To be seen from inside. Up is -Y.
[[nodiscard]] GaussianCloud makeSampleRoom(std::uint64_t seed, double scale, TaskRunner& runner);

/// Where to look at the room from; the first is the way in.
[[nodiscard]] std::vector<View> sampleRoomViews();

}  // namespace volpress
