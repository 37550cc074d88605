// Recovery and SH distillation by gradients of every parameter (paper sections 3.2 and 3.3), in one
// loop: the pruned student with its bands cut is taught by pictures of the original.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/learning/fine_tune.hpp"

namespace volpress::compressors::lightgaussian {

/// The released code's learning rates. `extent` is what rates of positions are given in (see
/// learning::sceneExtent). Unlike there, rates rise from 0 over the first 200 steps (a tenth of a
/// short run): the optimiser knows nothing of the scene's past, and the high rate of opacity would
/// jolt it.
[[nodiscard]] learning::FineTuneSettings recoverySettings(std::size_t steps, float extent,
                                                          std::uint64_t seed);

/// Teaches all of `student` for `steps` steps. The state that is closest to the original on the
/// trial views is kept, which may be the first. Goes on from RunContext::scratch where an earlier
/// call was cut off. Says in the log what the trial views gained.
[[nodiscard]] Result<void> recoverFully(GaussianCloud& student,
                                        std::span<const learning::TeacherView> teachers,
                                        std::span<const learning::TeacherView> trials,
                                        std::size_t steps, RunContext& context);

}  // namespace volpress::compressors::lightgaussian
