// From a cloud to tiles, in memory that frames reuse so that only the first one pays for its pages.
#pragma once

#include <vector>

#include "renderer/software/depth_order.hpp"
#include "renderer/software/splat_projection.hpp"
#include "renderer/software/tile_blending.hpp"
#include "renderer/software/tile_gradients.hpp"
#include "renderer/software/tile_lists.hpp"
#include "scene/base/scratch_pool.hpp"

namespace volpress::renderer {

/// One frame: the visible splats front to back, and the areas that are listed one after another.
struct FrameScratch {
  ProjectedView view;
  DepthSortScratch sort;
  std::vector<TileArea> areas;
  TileLists lists;                  ///< of the area listed last
  Uninitialised<TileTrace> traces;  ///< of the whole picture's tiles, where asked for
};

/// A backward pass.
struct GradientScratch {
  TileLists lists;
  GradientRecords records;
  std::vector<std::uint8_t> visible;  ///< one a slot, as all below
  Uninitialised<ScreenSums> sums;     ///< of the areas so far, if there are several
};

[[nodiscard]] inline std::size_t tileColumns(const Camera& camera) noexcept {
  return (camera.width - 1) / kTileSize + 1;
}
[[nodiscard]] inline std::size_t tileRows(const Camera& camera) noexcept {
  return (camera.height - 1) / kTileSize + 1;
}

/// Fills `view` and `areas`; `budget` as in planTileAreas. Incomplete when asked to stop.
void planFrame(const SoftwareCloud& cloud, const Camera& camera, const ProjectionColors& colors,
               std::uint64_t budget, const std::stop_token& stop, TaskRunner& runner,
               FrameScratch& frame);

/// Calls `visit(tileJob, tile)` in parallel for every tile of the area of `lists`; `tile` counts
/// row-major in the whole picture. Ends early when asked to stop.
template <typename Visit>
void forEachTile(const ProjectedView& view, const TileLists& lists, const Camera& camera,
                 const std::stop_token& stop, TaskRunner& runner, const Visit& visit) {
  const TileArea area = lists.area;
  const std::size_t columns = area.right - area.left;
  runner.parallelFor(area.tiles(), 1, [&](std::size_t tile, std::size_t) {
    if (stop.stop_requested()) {
      return;
    }
    const std::size_t x = area.left + tile % columns;
    const std::size_t y = area.top + tile / columns;
    const std::span<const std::uint32_t> entries(lists.entries);
    const TileJob job{
        view.splats,
        entries.subspan(lists.offsets[tile], lists.offsets[tile + 1] - lists.offsets[tile]),
        x * kTileSize,
        y * kTileSize,
        camera.width,
        camera.height};
    visit(job, y * tileColumns(camera) + x);
  });
}

}  // namespace volpress::renderer
