#include "app/studio/compare_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>

namespace volpress::studio {
namespace {

constexpr int kGap = 2;  // between panes that stand side by side

constexpr double kEmptyCell = 0.8;  // how good a grid is that leaves a hole

/// Columns that show a roundish subject largest: the subject's size is a pane's shorter edge.
int columnsFor(std::size_t count, int width, int height) {
  int best = 1;
  double bestSize = 0;
  for (int columns = static_cast<int>(count); columns >= 1; --columns) {
    const int rows = (static_cast<int>(count) + columns - 1) / columns;
    const double paneWidth = static_cast<double>(width) / columns;
    const double paneHeight = static_cast<double>(height) / rows;
    const bool full = static_cast<std::size_t>(columns) * static_cast<std::size_t>(rows) == count;
    const double size = std::min(paneWidth, paneHeight) * (full ? 1 : kEmptyCell);
    if (size > bestSize * 1.001) {
      bestSize = size;
      best = columns;
    }
  }
  return best;
}

void layoutGrid(CompareLayout& layout, std::size_t count, int width, int height) {
  const int columns = columnsFor(count, width, height);
  const int rows = (static_cast<int>(count) + columns - 1) / columns;
  // All panes are of one size, so that the same camera shows the same pixels in each.
  const int paneWidth = std::max(1, (width - kGap * (columns - 1)) / columns);
  const int paneHeight = std::max(1, (height - kGap * (rows - 1)) / rows);
  for (std::size_t side = 0; side < count; ++side) {
    const int column = static_cast<int>(side) % columns;
    const int row = static_cast<int>(side) / columns;
    const int x =
        column + 1 == columns && columns > 1 ? width - paneWidth : column * (paneWidth + kGap);
    const int y = row + 1 == rows && rows > 1 ? height - paneHeight : row * (paneHeight + kGap);
    const PixelRect pane{x, y, paneWidth, paneHeight};
    layout.panes[side] = {true, pane, pane};
  }
}

int distanceTo(const PixelRect& rect, int x, int y) {
  const int dx = std::max({rect.x - x, 0, x - (rect.x + rect.width - 1)});
  const int dy = std::max({rect.y - y, 0, y - (rect.y + rect.height - 1)});
  return std::max(dx, dy);
}

}  // namespace

CompareLayout layoutPanes(const CompareView& view, int width, int height) {
  CompareLayout layout;
  const PixelRect whole{0, 0, width, height};
  const std::size_t count = std::clamp<std::size_t>(view.sideCount, 1, kMaxSides);
  if (count == 1) {
    layout.panes[0] = {true, whole, whole};
    return layout;
  }
  switch (view.mode) {
    case CompareMode::Single:
      layout.panes[std::min(view.singleSide, count - 1)] = {true, whole, whole};
      break;
    case CompareMode::Wipe: {
      const int split = static_cast<int>(std::lround(view.wipe * static_cast<float>(width)));
      layout.wipeX = std::clamp(split, 0, width);
      layout.panes[0] = {true, whole, {0, 0, layout.wipeX, height}};
      layout.panes[1] = {true, whole, {layout.wipeX, 0, width - layout.wipeX, height}};
      break;
    }
    case CompareMode::SideBySide: layoutGrid(layout, count, width, height); break;
  }
  return layout;
}

std::size_t sideAt(const CompareLayout& layout, int x, int y) {
  std::size_t nearest = 0;
  int best = std::numeric_limits<int>::max();
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    const PaneLayout& pane = layout.panes[side];
    if (!pane.shown || pane.visible.width <= 0) {
      continue;
    }
    if (const int distance = distanceTo(pane.visible, x, y); distance < best) {
      best = distance;
      nearest = side;
    }
  }
  return nearest;
}

bool hitsWipe(const CompareLayout& layout, int x, int tolerance) {
  return layout.wipeX >= 0 && std::abs(x - layout.wipeX) <= tolerance;
}

float wipeAt(int x, int width) {
  return std::clamp(static_cast<float>(x) / static_cast<float>(std::max(width, 1)), 0.0F, 1.0F);
}

}  // namespace volpress::studio
