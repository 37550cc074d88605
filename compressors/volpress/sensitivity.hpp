// How much each number of a splat shows: the squared change of the pictures for a change of one.
#pragma once

#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::own {

/// Per splat, the mean squared error of the pictures (over pixels, channels and views) that a unit
/// change of one of its numbers makes: the diagonal of the Gauss-Newton matrix.
struct Sensitivities {
  FloatArray positions;  ///< 3n: along the splat's own axes, scene units
  FloatArray logScales;  ///< 3n
  FloatArray turns;      ///< 3n: about the splat's own axes, radians
  FloatArray opacities;  ///< n: of the opacity itself, 0..1
  FloatArray colors;     ///< 3n: band 0 in luma and two chromas
  FloatArray bands;      ///< kn: mean over the channels of each SH coefficient above band 0
};

/// Measures them on `cameras` with `probes` random sign pictures each (Hutchinson's estimate of
/// the diagonal). `cloud` must be canonical: unit quaternions. Deterministic for a seed.
[[nodiscard]] Result<Sensitivities> measureSensitivities(const GaussianCloud& cloud,
                                                         std::span<const Camera> cameras,
                                                         unsigned probes, RunContext& context);

/// What can be said without views: every splat counts by its area and opacity, as if all were seen
/// from everywhere. `smoothing` as in Layer.
[[nodiscard]] Sensitivities guessSensitivities(const GaussianCloud& cloud, double smoothing,
                                               TaskRunner& runner);

/// Mixes a share of the guess (scaled to the same sum) into what was measured: splats that the
/// views happen not to show keep some precision, and the noise of the probes is damped.
void blendSensitivities(Sensitivities& measured, const Sensitivities& guess, double share);

/// Those of the splats `indices`, in that order.
[[nodiscard]] Sensitivities gatherSensitivities(const Sensitivities& sensitivities,
                                                std::span<const std::uint32_t> indices);

}  // namespace volpress::compressors::own
