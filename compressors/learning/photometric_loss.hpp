// How far a picture is from a photograph, and which way each pixel should go.
#pragma once

#include "scene/base/task_runner.hpp"
#include "scene/types/image.hpp"

namespace volpress::learning {

inline constexpr float kSsimShare = 0.2F;  ///< lambda of 3DGS

/// (1 - lambda) L1 + lambda (1 - SSIM), means over pixels and channels. SSIM has an 11 x 11
/// Gaussian window of sigma 1.5 and zeros around the picture, as 3DGS computes it. Both pictures
/// have the same size and 3 channels. Fills `gradient` with d(loss)/d(picture). The same bits on
/// any number of threads.
[[nodiscard]] double photometricLoss(const Image& picture, const Image& photo, TaskRunner& runner,
                                     Image& gradient);

}  // namespace volpress::learning
