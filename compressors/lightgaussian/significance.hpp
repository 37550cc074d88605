// Global significance (paper section 3.2) and pruning by rank.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/codec.hpp"
#include "compressors/lightgaussian/settings.hpp"

namespace volpress::compressors::lightgaussian {

/// What the views say of every splat.
struct Significance {
  std::vector<double> score;  ///< n; larger is more significant
  std::size_t unseen = 0;     ///< splats without a contributing pixel in any view
};

/// The cameras of the views that may be used: those that are not held out.
[[nodiscard]] std::vector<Camera> trainingCameras(const ViewSet* views);

/// Scores every splat over `cameras` by `settings.score`. Reports views on context.progress from
/// `fromFraction` of the current stage on.
[[nodiscard]] Result<Significance> scoreSplats(const GaussianCloud& cloud,
                                               std::span<const Camera> cameras,
                                               const Settings& settings, RunContext& context);

/// Indices, ascending, of the splats that stay when floor(share * n) of the lowest score go; equal
/// scores go in index order.
[[nodiscard]] std::vector<std::uint32_t> keptSplats(std::span<const double> score, double share);

/// The factors (V / V_ref)^0.1 of each splat's volume.
[[nodiscard]] std::vector<double> volumeFactors(const GaussianCloud& cloud, VolumeNorm norm);

}  // namespace volpress::compressors::lightgaussian
