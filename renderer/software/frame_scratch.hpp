// From a cloud to tiles, in memory that frames reuse so that only the first one pays for its pages.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "renderer/software/depth_order.hpp"
#include "renderer/software/splat_projection.hpp"
#include "renderer/software/tile_blending.hpp"
#include "renderer/software/tile_gradients.hpp"
#include "renderer/software/tile_lists.hpp"

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

/// Hands out scratch memory to whichever threads render at the same time.
template <typename Scratch>
class ScratchPool {
public:
  /// Gives the memory back when it goes.
  struct GiveBack {
    ScratchPool* pool;
    void operator()(Scratch* scratch) const { pool->give(std::unique_ptr<Scratch>(scratch)); }
  };
  using Loan = std::unique_ptr<Scratch, GiveBack>;

  [[nodiscard]] Loan take() {
    const std::lock_guard lock(m_mutex);
    if (m_free.empty()) {
      m_free.push_back(std::make_unique<Scratch>());
    }
    Loan loan(m_free.back().release(), GiveBack{this});
    m_free.pop_back();
    return loan;
  }

private:
  void give(std::unique_ptr<Scratch> scratch) {
    const std::lock_guard lock(m_mutex);
    m_free.push_back(std::move(scratch));
  }

  std::mutex m_mutex;
  std::vector<std::unique_ptr<Scratch>> m_free;
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
