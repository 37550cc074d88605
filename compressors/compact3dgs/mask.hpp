// The learnt mask of splats (paper section 3.1).
#pragma once

#include "compressors/codec.hpp"
#include "compressors/compact3dgs/settings.hpp"

namespace volpress::compressors::compact3dgs {

/// Mask values start here; a splat is kept while their sigmoid is above kMaskThreshold.
inline constexpr float kMaskStart = 1;
inline constexpr double kMaskThreshold = 0.01;

[[nodiscard]] bool maskKeeps(float mask) noexcept;

/// d(loss)/d(M) at M = 1 of a splat that is drawn with scale * M and opacity * M, given
/// d(loss)/d(log scales) (3), d(loss)/d(opacity logit) and the logit.
[[nodiscard]] double maskPull(const float* logScaleGradient, float opacityGradient,
                              float opacityLogit) noexcept;

/// Learns a mask by straight-through gradients on pictures of the original, together with the
/// splats' other parameters, and removes from `student` what it masks.
[[nodiscard]] Result<void> learnMask(const GaussianCloud& original, std::span<const Camera> cameras,
                                     const Settings& settings, GaussianCloud& student,
                                     RunContext& context);

}  // namespace volpress::compressors::compact3dgs
