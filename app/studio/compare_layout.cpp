#include "app/studio/compare_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace volpress::studio {
namespace {

constexpr int kGap = 2;  // between panes that stand side by side

}  // namespace

CompareLayout layoutPanes(const CompareView& view, int width, int height) {
  CompareLayout layout;
  const PixelRect whole{0, 0, width, height};
  if (!view.hasB) {
    layout.panes[0] = {true, whole, whole};
    return layout;
  }
  switch (view.mode) {
    case CompareMode::Single:
      layout.panes[std::min<std::size_t>(view.singleSide, 1)] = {true, whole, whole};
      break;
    case CompareMode::Wipe: {
      const int split = static_cast<int>(std::lround(view.wipe * static_cast<float>(width)));
      layout.wipeX = std::clamp(split, 0, width);
      layout.panes[0] = {true, whole, {0, 0, layout.wipeX, height}};
      layout.panes[1] = {true, whole, {layout.wipeX, 0, width - layout.wipeX, height}};
      break;
    }
    case CompareMode::SideBySide: {
      const int half = std::max(1, (width - kGap) / 2);
      const PixelRect left{0, 0, half, height};
      const PixelRect right{width - half, 0, half, height};
      layout.panes[0] = {true, left, left};
      layout.panes[1] = {true, right, right};
      break;
    }
  }
  return layout;
}

bool hitsWipe(const CompareLayout& layout, int x, int tolerance) {
  return layout.wipeX >= 0 && std::abs(x - layout.wipeX) <= tolerance;
}

float wipeAt(int x, int width) {
  return std::clamp(static_cast<float>(x) / static_cast<float>(std::max(width, 1)), 0.0F, 1.0F);
}

}  // namespace volpress::studio
