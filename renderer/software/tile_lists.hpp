// Which splats touch which tile, in depth order.
#pragma once

#include <span>
#include <stop_token>

#include "renderer/software/projected_splat.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::renderer {

/// Tile entries held at once; larger views are drawn area by area. At most 12 bytes each.
inline constexpr std::uint64_t kTileEntryBudget = std::uint64_t{1} << 24;

/// A span is no longer than a row of the widest picture, and 2^20 tiles cover the largest one.
inline constexpr unsigned kSpanLengthBits = 11;
static_assert(kMaxPictureSide / kTileSize <= (1U << kSpanLengthBits));
static_assert(kMaxPicturePixels / kTilePixels < (1U << (31 - kSpanLengthBits)));

/// The lists of one area: tile k (row-major in the area) owns entries[offsets[k], offsets[k+1]),
/// which are slots of ProjectedView::splats.
struct TileLists {
  TileArea area{};
  std::vector<std::uint32_t> offsets;
  Uninitialised<std::uint32_t> entries;

  /// Neighbouring tiles of one row that list a splat.
  struct Span {
    std::uint32_t slot;
    std::uint32_t place;  ///< first tile << kSpanLengthBits | (tiles - 1)
  };
  struct Chunk {
    Uninitialised<Span> spans;
    std::size_t spanCount = 0;
    std::vector<std::uint32_t> counts;  ///< entries of each tile, then where the next one goes
  };
  std::vector<Chunk> chunks;  ///< reused memory
};

/// Cuts a picture of tilesX * tilesY into areas whose entry count, bounded by bounding boxes, stays
/// within `budget`, or that are a single tile (whose list is no longer than the splats are many).
/// `slots` are the visible splats in any order, `tileBound` the bound for the whole picture. No
/// areas when asked to stop.
[[nodiscard]] std::vector<TileArea> planTileAreas(std::span<const ProjectedSplat> splats,
                                                  std::span<const std::uint32_t> slots,
                                                  std::uint64_t tileBound, std::uint32_t tilesX,
                                                  std::uint32_t tilesY, std::uint64_t budget,
                                                  const std::stop_token& stop);

/// Fills `lists` for one area. `order` holds slots front to back. A splat is listed in the tiles
/// that its ellipse (not only its box) can touch. The lists are not to be read when asked to stop.
void listTiles(std::span<const ProjectedSplat> splats, std::span<const std::uint32_t> order,
               TileArea area, const std::stop_token& stop, TaskRunner& runner, TileLists& lists);

}  // namespace volpress::renderer
