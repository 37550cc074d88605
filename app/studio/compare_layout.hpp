// How the panes of a comparison share the viewport. Qt-free; all in device pixels.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "app/studio/document.hpp"

namespace volpress::studio {

enum class CompareMode : std::uint8_t { Single, Wipe, SideBySide };

struct PixelRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

/// One side as it appears: the picture is `picture.width` x `picture.height` and drawn with its
/// top left corner at `picture`; only the part inside `visible` shows.
struct PaneLayout {
  bool shown = false;
  PixelRect picture;
  PixelRect visible;
};

struct CompareLayout {
  std::array<PaneLayout, kMaxSides> panes;  ///< A to D
  int wipeX = -1;                           ///< the handle's line, -1 when there is none
};

struct CompareView {
  CompareMode mode = CompareMode::Single;
  float wipe = 0.5F;           ///< 0..1 from the left
  std::size_t singleSide = 0;  ///< which side the single view shows
  std::size_t sideCount = 1;   ///< with one, every mode shows A alone; a wipe parts A from B
};

/// Pane rectangles in a viewport of `width` x `height` pixels (>= 1).
[[nodiscard]] CompareLayout layoutPanes(const CompareView& view, int width, int height);

/// The side whose pane lies under a pixel; the nearest pane's where it lies between two.
[[nodiscard]] std::size_t sideAt(const CompareLayout& layout, int x, int y);

/// Whether a pointer at `x` grabs the wipe handle, with `tolerance` pixels to either side.
[[nodiscard]] bool hitsWipe(const CompareLayout& layout, int x, int tolerance);

/// The wipe position for a pointer at `x`, held inside 0..1.
[[nodiscard]] float wipeAt(int x, int width);

/// 'A' to 'D'.
[[nodiscard]] constexpr char sideLetter(std::size_t side) {
  return static_cast<char>('A' + static_cast<char>(side));
}

}  // namespace volpress::studio
