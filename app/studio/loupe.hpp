// The loupe: a magnified piece of every side at the pointer, with exact values. Qt-free.
#pragma once

#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {

inline constexpr int kLoupeZoom = 8;     ///< times
inline constexpr int kLoupePixels = 19;  ///< picture pixels along an edge; odd: one is the middle

/// Adds the loupe's tiles to panes and overlay of a frame whose pictures are full; nothing when the
/// loupe is off or the pointer is not over a picture. Side by side, each pane has its own tile at
/// the same place; otherwise the tiles of all sides stand in a row at the pointer.
void addLoupe(ViewportFrame& frame);

}  // namespace volpress::studio
