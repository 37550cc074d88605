// The walking figure of the sample clips: its surface at rest, its bones, and its walk.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scene/base/rotations.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::sample {

/// How a bone has moved from its rest pose: x' = rotation * x + offset.
struct BonePose {
  Quaternion rotation{1, 0, 0, 0};
  Vector3 offset{};
};

/// The bones that a splat follows, with weights that add up to 1.
struct Binding {
  std::array<std::uint8_t, 2> bone{};
  float second = 0;  ///< weight of bone[1]
  /// Cloth: how far waves carry the splat, metres, and where on the cloth it is.
  float sway = 0;
  float along = 0;   ///< 0 at the seam .. 1 at the hem
  float around = 0;  ///< 0..1
};

struct Figure {
  GaussianCloud rest;  ///< arms hanging, SH 3; up is -Y, feet at y = 0
  std::vector<Binding> bindings;
};

/// A figure of about 1.75 m of exactly `splats` splats.
[[nodiscard]] Figure makeFigure(std::size_t splats, std::uint64_t seed, TaskRunner& runner);

inline constexpr std::size_t kFigureBones = 15;

/// The bones `seconds` after the start of the walk.
[[nodiscard]] std::array<BonePose, kFigureBones> walkPose(double seconds);

}  // namespace volpress::sample
