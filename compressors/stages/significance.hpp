// How much each splat matters to the pictures, and pruning by rank.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/codec.hpp"

namespace volpress::coding {

/// What splats are ranked by.
enum class ScoreKind : std::uint8_t {
  Significance,          ///< sum of opacity * transmittance, times a power of the volume
                         ///< (LightGaussian, section 3.2)
  WeightedContribution,  ///< sum of alpha * transmittance, times a power of the volume (MesonGS)
  Contribution,          ///< sum of alpha * transmittance: the splat's share of the pictures
  Opacity,
  Random,
};

/// How the volume enters.
enum class VolumeNorm : std::uint8_t {
  None,     ///< (V / V_ref)^power without a clamp, V_ref a small volume: the released codes
  Clamp90,  ///< V over its 90th percentile, clamped to 0..1, to the power: LightGaussian's paper
};

struct ScoreOptions {
  ScoreKind kind = ScoreKind::Significance;
  VolumeNorm volumeNorm = VolumeNorm::None;
  double volumePower = 0.1;
  bool keepUnseen = false;  ///< splats that no view sees score highest instead of lowest
};

/// What the views say of every splat.
struct Significance {
  std::vector<double> score;  ///< n; larger is more significant
  std::size_t unseen = 0;     ///< splats without a contributing pixel in any view
};

/// The cameras of the views that may be used: those that are not held out.
[[nodiscard]] std::vector<Camera> trainingCameras(const ViewSet* views);

/// InvalidParameter, in the name of `codec`, where a renderer or such a camera is missing.
[[nodiscard]] Result<void> checkSeesViews(std::string_view codec, std::span<const Camera> cameras,
                                          const compressors::RunContext& context);

/// Scores every splat over `cameras`. Reports views as fractions of the current stage of
/// context.progress.
[[nodiscard]] Result<Significance> scoreSplats(const GaussianCloud& cloud,
                                               std::span<const Camera> cameras,
                                               const ScoreOptions& options,
                                               compressors::RunContext& context);

/// How much each splat pulls at what is fitted to all of them: its contribution over the mean, and
/// at least a twentieth, so that what no view sees keeps its values. Empty when no view sees
/// anything: all weigh alike then. Reports as scoreSplats.
[[nodiscard]] Result<std::vector<float>> contributionWeights(const GaussianCloud& cloud,
                                                             std::span<const Camera> cameras,
                                                             compressors::RunContext& context);

/// Indices, ascending, of the splats that stay when floor(share * n) of the lowest score go; equal
/// scores go in index order.
[[nodiscard]] std::vector<std::uint32_t> keptSplats(std::span<const double> score, double share);

/// What each splat weighs when features are fitted to splats before anything is drawn: 0.1 that
/// all have, and its share of the mean score, at most 10.
[[nodiscard]] std::vector<float> fitWeights(std::span<const double> score);

/// The splats that stay of a scene, to be fitted to, and what each weighs in that.
struct KeptScene {
  GaussianCloud cloud;         ///< without further columns of a PLY
  std::vector<float> weights;  ///< fitWeights
};

/// Leaves away `share` of the splats, those that contribute least, and keeps opacity logits within
/// +-`logitLimit`. Says in the log how many stay. Reports as scoreSplats.
[[nodiscard]] Result<KeptScene> keepContributing(const GaussianCloud& original,
                                                 std::span<const Camera> cameras, double share,
                                                 float logitLimit,
                                                 compressors::RunContext& context);

/// The factors (V / V_ref)^power of each splat's volume.
[[nodiscard]] std::vector<double> volumeFactors(const GaussianCloud& cloud, VolumeNorm norm,
                                                double power);

}  // namespace volpress::coding
