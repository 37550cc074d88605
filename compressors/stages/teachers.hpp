// Where the pictures come from that a compressed scene is fitted to.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/learning/fine_tune.hpp"

namespace volpress::learning {

/// Draws the original from every camera.
[[nodiscard]] Result<std::vector<TeacherView>> drawTeachers(const GaussianCloud& original,
                                                            std::span<const Camera> cameras,
                                                            compressors::RunContext& context);

/// Pictures to learn from and, apart from them, trials that tell what was only learnt by heart.
struct Lessons {
  std::vector<TeacherView> teachers;
  std::vector<TeacherView> trials;
};

/// Where teachers stand between given cameras: see teacherCameras.
struct PseudoViews {
  double jitter = 0;
  std::array<float, 3> centre{};
};

/// The photographs of the run, every sixth of them a trial; where there are none, the original
/// drawn from `cameras`, split by splitCameras, and from `between` them.
[[nodiscard]] Result<Lessons> drawLessons(const GaussianCloud& original,
                                          std::span<const Camera> cameras,
                                          compressors::RunContext& context,
                                          std::optional<PseudoViews> between = {});

[[nodiscard]] std::vector<Camera> camerasOf(std::span<const TeacherView> views);

}  // namespace volpress::learning
