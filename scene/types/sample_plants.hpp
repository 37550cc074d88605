// The grasses and poppies in the sample scene's vase.
#pragma once

#include "scene/types/sample_light.hpp"

namespace volpress::sample {

/// The middle of the vase's foot.
inline constexpr Vec3 kVaseFoot{-0.40F, 0, 0.20F};
inline constexpr float kVaseHeight = 0.725F;

/// Splat `i` of `n`: blades of grass, ears on bare stalks, and poppies.
[[nodiscard]] Surfel plantSplat(std::size_t i, std::size_t n, Random& random);

}  // namespace volpress::sample
