// Which views of a scene are learnt from, between them and beside them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "scene/types/camera.hpp"

namespace volpress::learning {

/// The cameras and, unless `jitter` is 0, two pseudo-views for each: about half way to a camera
/// near it that looks in a similar direction, moved by a normal deviate of `jitter` times the
/// distance to `centre`, per axis. At most kMaxTeachers; given cameras come first and win.
[[nodiscard]] std::vector<Camera> teacherCameras(std::span<const Camera> cameras, double jitter,
                                                 std::array<float, 3> centre, std::uint64_t seed);
inline constexpr std::size_t kMaxTeachers = 48;

/// Cameras to learn from and, apart from them, a few on which the recovery finds out whether it
/// learns the scene or its pictures by heart: about every sixth, at most kMaxTrials.
struct CameraSplit {
  std::vector<Camera> learnt;
  std::vector<Camera> trials;
};
/// Fewer than kLeastForTrials cameras are all learnt from.
[[nodiscard]] CameraSplit splitCameras(std::span<const Camera> cameras);
inline constexpr std::size_t kMaxTrials = 6;
inline constexpr std::size_t kLeastForTrials = 4;

}  // namespace volpress::learning
