// Fitting a forest to pictures through its quantisers, growing and pruning it on the way.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/gaussianforest/forest_file.hpp"
#include "compressors/learning/fine_tune.hpp"

namespace volpress::compressors::gaussianforest {

struct TuningTask {
  std::span<const learning::TeacherView> teachers;  ///< at least one
  std::span<const learning::TeacherView> trials;
  unsigned steps = 0;
  bool grow = true;
  std::size_t mostLeaves = 0;  ///< growth stops there
};

/// Moves leaves, features and networks of `scene` (unrounded values) against the pictures' loss;
/// its steps stay. The round that is closest on the trials wins. With `context.scratch` a killed
/// run goes on where it was. The same bits on any number of threads.
[[nodiscard]] Result<void> tuneForest(ForestScene& scene, const TuningTask& task,
                                      RunContext& context);

}  // namespace volpress::compressors::gaussianforest
