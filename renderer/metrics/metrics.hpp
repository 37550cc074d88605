// Image quality: PSNR, SSIM, MS-SSIM and FLIP between two pictures of equal size.
#pragma once

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/image.hpp"

namespace volpress::metrics {

/// All metrics clamp both pictures to 0..1 first. InvalidParameter when sizes or channels differ,
/// or a picture is empty.

/// Mean squared error over all pixels and channels.
[[nodiscard]] Result<double> meanSquaredError(const Image& reference, const Image& test);

/// 10 log10(1 / MSE) in dB; identical pictures give +infinity.
[[nodiscard]] Result<double> psnr(const Image& reference, const Image& test);
[[nodiscard]] double psnrFromError(double meanSquaredError);

/// Wang et al. 2004: 11x11 Gaussian window of sigma 1.5, K1 0.01, K2 0.03, per channel, averaged;
/// windows that do not fit are left out. Pictures smaller than the window are InvalidParameter.
[[nodiscard]] Result<double> ssim(const Image& reference, const Image& test, TaskRunner& runner);

/// Wang et al. 2003: five scales with the published weights; fewer scales (weights renormalised)
/// where the picture is too small for five.
[[nodiscard]] Result<double> msSsim(const Image& reference, const Image& test, TaskRunner& runner);

struct FlipResult {
  double mean = 0;
  Image error;  ///< 1 channel, 0..1
};

/// LDR-FLIP (Andersson et al. 2020) of pictures in sRGB display values, at 67 pixels per degree
/// unless given.
[[nodiscard]] Result<FlipResult> flip(const Image& reference, const Image& test, TaskRunner& runner,
                                      double pixelsPerDegree = 67.0206);

/// A 3-channel picture of a 1-channel error in 0..1: the magma map, as FLIP's authors show it.
[[nodiscard]] Image colorizeError(const Image& error);

}  // namespace volpress::metrics
