// Front-to-back compositing of one tile: pictures, contribution scores and colour gradients.
#pragma once

#include <span>
#include <stop_token>

#include "renderer/software/projected_splat.hpp"

namespace volpress::renderer {

/// One tile and the slots of the splats that can touch it, front to back.
struct TileJob {
  std::span<const ProjectedSplat> splats;
  std::span<const std::uint32_t> slots;
  std::size_t left = 0, top = 0;      ///< first pixel
  std::size_t width = 0, height = 0;  ///< of the picture; pixels beyond are not drawn
};

/// Where the walk over the splats ended, for the walk back.
struct alignas(64) TileTrace {
  float transmittance[kTilePixels];  ///< behind the last contribution
  std::int32_t
      end[kTilePixels];  ///< how many entries of the list were tried; 0 outside the picture
};

/// Writes the tile's pixels: `color` is the picture's 3-channel array, `alpha` its 1-channel one.
/// `trace` may be null.
void blendTile(const TileJob& job, const std::array<float, 3>& background,
               const std::stop_token& stop, float* color, float* alpha, TileTrace* trace);

/// The shared sums are integers added atomically, so that their order cannot matter.
void scoreTile(const TileJob& job, ContributionScores& scores);

/// Adds `scale` * sum over pixels of alpha * T * dLoss/dC, rounded for this tile, to the three
/// integers of each splat's index. `lossGradient` is the picture's 3-channel array.
void differentiateTile(const TileJob& job, const float* lossGradient, double scale,
                       std::span<std::int64_t> sums);

}  // namespace volpress::renderer
