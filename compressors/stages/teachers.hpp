// Where the pictures come from that a compressed scene is fitted to.
#pragma once

#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/learning/fine_tune.hpp"

namespace volpress::learning {

/// Draws the original from every camera.
[[nodiscard]] Result<std::vector<TeacherView>> drawTeachers(const GaussianCloud& original,
                                                            std::span<const Camera> cameras,
                                                            compressors::RunContext& context);

}  // namespace volpress::learning
