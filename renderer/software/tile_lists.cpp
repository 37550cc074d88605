#include "renderer/software/tile_lists.hpp"

#include <algorithm>
#include <cmath>

#include <hwy/cache_control.h>

namespace volpress::renderer {
namespace {

constexpr std::size_t kMinChunk = 8192;
constexpr std::size_t kStopInterval = 512;  // splats, each of which can cover the picture
constexpr std::size_t kExpectedSpans = 3;   // a splat
/// Slots to ask for ahead of their use: splats lie in memory in cloud order, not in depth order.
constexpr std::size_t kPrefetchDistance = 16;
constexpr float kPixelSlack = 0.01F;  // covers the rounding of positions up to kMaxPictureSide

/// The columns of pixels that an ellipse can touch within a strip of rows.
class EllipseStrips {
public:
  explicit EllipseStrips(const ProjectedSplat& splat)
      : m_splat(splat),
        m_inverseS(1 / splat.s),
        m_rightmost(-splat.t * splat.halfHeight /
                    std::sqrt(splat.t * splat.t + splat.w * splat.w)) {}

  struct Columns {
    float first, last;
  };
  /// Rows are pixel centres; the strip overlaps the ellipse's height.
  [[nodiscard]] Columns columns(float firstRow, float lastRow) const {
    const float low = firstRow - m_splat.v;
    const float high = lastRow - m_splat.v;
    // The sides are convex: the extreme lies where the whole ellipse has it, or at a strip border.
    const float right = std::clamp(m_rightmost, low, high);
    const float left = std::clamp(-m_rightmost, low, high);
    return {m_splat.u + (-m_splat.t * left - halfChord(left)) * m_inverseS - kPixelSlack,
            m_splat.u + (-m_splat.t * right + halfChord(right)) * m_inverseS + kPixelSlack};
  }

private:
  [[nodiscard]] float halfChord(float dy) const {
    const float across = m_splat.w * dy;
    return std::sqrt(std::max(0.0F, m_splat.reach - across * across));
  }

  const ProjectedSplat& m_splat;
  float m_inverseS;
  float m_rightmost;  // dy of the ellipse's rightmost point
};

/// Tile of the first pixel whose centre is at or right of x, clamped to [low, high]. NaN gives low.
std::uint32_t firstTile(float x, std::uint32_t low, std::uint32_t high) {
  const float pixel = x - 0.5F;
  if (!(pixel > static_cast<float>(low * kTileSize))) {
    return low;
  }
  if (pixel >= static_cast<float>(high * kTileSize)) {
    return high;
  }
  const auto floor = static_cast<std::uint32_t>(pixel);
  return (floor + (static_cast<float>(floor) < pixel ? 1U : 0U)) / kTileSize;
}

/// Tile of the last pixel whose centre is at or left of x, clamped to [low, high]. NaN gives high.
std::uint32_t lastTile(float x, std::uint32_t low, std::uint32_t high) {
  const float pixel = x - 0.5F;
  if (pixel < static_cast<float>(low * kTileSize)) {
    return low;
  }
  if (!(pixel < static_cast<float>(high * kTileSize))) {
    return high;
  }
  return static_cast<std::uint32_t>(pixel) / kTileSize;
}

class ChunkLister {
public:
  ChunkLister(TileArea area, std::size_t splats, TileLists::Chunk& chunk)
      : m_area(area), m_chunk(chunk) {
    m_chunk.spanCount = 0;
    // Room that is not used costs no memory, only addresses.
    if (m_chunk.spans.size() < kExpectedSpans * splats) {
      m_chunk.spans.clear();
      m_chunk.spans.resize(kExpectedSpans * splats);
    }
    // Differences at first: +1 where a span begins, -1 behind its end.
    m_chunk.counts.assign(area.tiles() + 1, 0);
  }

  void add(const ProjectedSplat& splat, std::uint32_t slot) {
    const std::uint32_t left = std::max<std::uint32_t>(splat.tileLeft, m_area.left);
    const std::uint32_t right = std::min<std::uint32_t>(splat.tileRight + 1U, m_area.right);
    const std::uint32_t top = std::max<std::uint32_t>(splat.tileTop, m_area.top);
    const std::uint32_t bottom = std::min<std::uint32_t>(splat.tileBottom + 1U, m_area.bottom);
    if (left >= right || top >= bottom) {
      return;
    }
    if (m_chunk.spans.size() < m_chunk.spanCount + (bottom - top)) {
      m_chunk.spans.resize(
          std::max<std::size_t>(2 * m_chunk.spans.size(), m_chunk.spanCount + (bottom - top)));
    }
    // A box one tile wide or high is touched in every tile, as the ellipse touches all its sides.
    if (splat.tileLeft == splat.tileRight || splat.tileTop == splat.tileBottom) {
      for (std::uint32_t y = top; y < bottom; ++y) {
        addSpan(y, left, right - 1, slot);
      }
      return;
    }
    const EllipseStrips strips(splat);
    for (std::uint32_t y = top; y < bottom; ++y) {
      const float firstRow = static_cast<float>(y * kTileSize) + 0.5F;
      const EllipseStrips::Columns columns =
          strips.columns(firstRow, firstRow + static_cast<float>(kTileSize - 1));
      const std::uint32_t first = firstTile(columns.first, left, right - 1);
      const std::uint32_t last = lastTile(columns.last, left, right - 1);
      if (first <= last) {
        addSpan(y, first, last, slot);
      }
    }
  }

  void finish() {
    std::uint32_t count = 0;
    for (std::uint32_t& entry : m_chunk.counts) {
      count += entry;
      entry = count;
    }
  }

private:
  void addSpan(std::uint32_t y, std::uint32_t first, std::uint32_t last, std::uint32_t slot) {
    const std::uint32_t row = (y - m_area.top) * (m_area.right - m_area.left) - m_area.left;
    ++m_chunk.counts[row + first];
    --m_chunk.counts[row + last + 1];
    m_chunk.spans[m_chunk.spanCount++] = {slot, (row + first) << kSpanLengthBits | (last - first)};
  }

  TileArea m_area;
  TileLists::Chunk& m_chunk;
};

void listChunk(std::span<const ProjectedSplat> splats, std::span<const std::uint32_t> slots,
               TileArea area, const std::stop_token& stop, TileLists::Chunk& chunk) {
  ChunkLister lister(area, slots.size(), chunk);
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i % kStopInterval == 0 && stop.stop_requested()) {
      break;
    }
    if (i + kPrefetchDistance < slots.size()) {
      hwy::Prefetch(&splats[slots[i + kPrefetchDistance]]);
    }
    lister.add(splats[slots[i]], slots[i]);
  }
  lister.finish();
}

void placeChunk(TileLists::Chunk& chunk, const std::stop_token& stop, std::uint32_t* entries) {
  constexpr std::uint32_t kLengthMask = (1U << kSpanLengthBits) - 1;
  std::uint32_t* places = chunk.counts.data();
  for (std::size_t i = 0; i < chunk.spanCount; ++i) {
    if (i % kStopInterval == 0 && stop.stop_requested()) {
      return;
    }
    const TileLists::Span span = chunk.spans[i];
    const std::uint32_t first = span.place >> kSpanLengthBits;
    const std::uint32_t last = first + (span.place & kLengthMask);
    for (std::uint32_t tile = first; tile <= last; ++tile) {
      entries[places[tile]++] = span.slot;
    }
  }
}

}  // namespace

std::vector<TileArea> planTileAreas(std::span<const ProjectedSplat> splats,
                                    std::span<const std::uint32_t> slots, std::uint64_t tileBound,
                                    std::uint32_t tilesX, std::uint32_t tilesY,
                                    std::uint64_t budget, const std::stop_token& stop) {
  if (tileBound <= budget) {
    return {{0, 0, tilesX, tilesY}};
  }
  // Entries and splats of each row of tiles, from differences at the boxes' first and last rows.
  std::vector<std::int64_t> entries(tilesY + std::size_t{1});
  std::vector<std::int64_t> members(tilesY + std::size_t{1});
  for (std::size_t i = 0; i < slots.size(); ++i) {
    if (i % kStopInterval == 0 && stop.stop_requested()) {
      return {};
    }
    if (i + kPrefetchDistance < slots.size()) {
      hwy::Prefetch(&splats[slots[i + kPrefetchDistance]]);
    }
    const ProjectedSplat& splat = splats[slots[i]];
    const std::int64_t width = splat.tileRight - splat.tileLeft + 1;
    entries[splat.tileTop] += width;
    entries[splat.tileBottom + std::size_t{1}] -= width;
    ++members[splat.tileTop];
    --members[splat.tileBottom + std::size_t{1}];
  }
  std::vector<TileArea> areas;
  std::uint32_t first = 0;
  std::uint64_t held = 0;
  std::int64_t rowEntries = 0;
  std::int64_t rowMembers = 0;
  for (std::uint32_t y = 0; y < tilesY; ++y) {
    rowEntries += entries[y];
    rowMembers += members[y];
    const auto row = static_cast<std::uint64_t>(rowEntries);
    if (y > first && held + row > budget) {
      areas.push_back({0, first, tilesX, y});
      first = y;
      held = 0;
    }
    held += row;
    if (row > budget) {  // then y == first
      const std::uint64_t fitting =
          std::max<std::uint64_t>(1, budget / static_cast<std::uint64_t>(rowMembers));
      for (std::uint32_t x = 0; x < tilesX;) {
        const auto right = static_cast<std::uint32_t>(std::min<std::uint64_t>(tilesX, x + fitting));
        areas.push_back({x, y, right, y + 1});
        x = right;
      }
      first = y + 1;
      held = 0;
    }
  }
  if (first < tilesY) {
    areas.push_back({0, first, tilesX, tilesY});
  }
  return areas;
}

void listTiles(std::span<const ProjectedSplat> splats, std::span<const std::uint32_t> order,
               TileArea area, const std::stop_token& stop, TaskRunner& runner, TileLists& lists) {
  const std::size_t tiles = area.tiles();
  lists.area = area;
  lists.offsets.assign(tiles + 1, 0);
  if (order.empty()) {
    return;
  }
  const std::size_t grain = std::max(kMinChunk, (order.size() - 1) / runner.concurrency() + 1);
  const std::size_t chunks = (order.size() - 1) / grain + 1;
  if (lists.chunks.size() < chunks) {
    lists.chunks.resize(chunks);
  }
  runner.parallelFor(order.size(), grain, [&](std::size_t begin, std::size_t end) {
    listChunk(splats, order.subspan(begin, end - begin), area, stop, lists.chunks[begin / grain]);
  });
  // Counts become places, chunk by chunk within a tile, which keeps the depth order.
  std::uint32_t place = 0;
  for (std::size_t tile = 0; tile < tiles; ++tile) {
    lists.offsets[tile] = place;
    for (std::size_t c = 0; c < chunks; ++c) {
      std::uint32_t& count = lists.chunks[c].counts[tile];
      const std::uint32_t size = count;
      count = place;
      place += size;
    }
  }
  lists.offsets[tiles] = place;
  if (stop.stop_requested()) {
    return;
  }
  lists.entries.clear();  // so that growing copies nothing
  lists.entries.resize(place);
  runner.parallelFor(chunks, 1, [&](std::size_t begin, std::size_t) {
    placeChunk(lists.chunks[begin], stop, lists.entries.data());
  });
}

}  // namespace volpress::renderer
