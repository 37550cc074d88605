// Fitting points to pictures through their quantisers.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/learning/fine_tune.hpp"
#include "compressors/sags/stored_scene.hpp"

namespace volpress::compressors::sags {

struct TuningTask {
  std::span<const learning::TeacherView> teachers;  ///< at least one
  std::span<const learning::TeacherView> trials;
  unsigned steps = 0;
  bool asSeen = false;  ///< draws the heads' own answers to each view
};

/// Moves the weights of `scene` (unrounded) against the pictures' loss; its steps stay. With
/// `context.scratch` a killed run goes on where it was. The same bits on any number of threads.
[[nodiscard]] Result<void> tunePoints(const Points& points, StoredScene& scene,
                                      const TuningTask& task, RunContext& context);

}  // namespace volpress::compressors::sags
