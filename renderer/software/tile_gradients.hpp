// The walk back over one tile: from d(loss)/d(pixel) to sums for each splat of its list.
#pragma once

#include <algorithm>
#include <span>

#include "renderer/software/tile_blending.hpp"

namespace volpress::renderer {

/// Sums over pixels. With k = d(loss)/d(alpha) * alpha, 0 where alpha is clamped, dy as in
/// ProjectedSplat and a = s dx + t dy.
struct alignas(16) ScreenSums {
  float color[3];  ///< of alpha * T * d(loss)/d(pixel)
  float k, ka, kdy, kaa, kady, kdydy;
  std::uint32_t any;  ///< not 0: some pixel shows the splat
  float unused[2];
};
static_assert(sizeof(ScreenSums) == 48);

/// Room for the sums of every tile under every splat's bounding box, within one area. Each tile
/// writes places of its own, so that the order in which they are added up never depends on threads.
struct GradientRecords {
  TileArea area{};
  Uninitialised<std::uint64_t> firsts;  ///< by slot: the place of its first tile
  Uninitialised<ScreenSums> sums;
  std::vector<std::uint8_t> written;  ///< whether the place holds sums
};

/// The tiles of an area under a splat's bounding box.
[[nodiscard]] inline TileArea boxIn(const ProjectedSplat& splat, const TileArea& area) noexcept {
  const std::uint32_t left = std::clamp<std::uint32_t>(splat.tileLeft, area.left, area.right);
  const std::uint32_t top = std::clamp<std::uint32_t>(splat.tileTop, area.top, area.bottom);
  return {left, top, std::clamp<std::uint32_t>(splat.tileRight + 1U, left, area.right),
          std::clamp<std::uint32_t>(splat.tileBottom + 1U, top, area.bottom)};
}

/// Writes the tile's records. `lossGradient` is the picture's 3-channel array; `trace` comes from
/// `blendTile` of the same job.
void backpropagateTile(const TileJob& job, const TileTrace& trace,
                       const std::array<float, 3>& background, const float* lossGradient,
                       const std::stop_token& stop, GradientRecords& records);

}  // namespace volpress::renderer
