// The viewport's labels, wipe handle, heat scale, loupe words and head-up display. Qt-free.
#pragma once

#include "app/studio/compare_layout.hpp"
#include "app/studio/overlay_painter.hpp"
#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {

/// Draws the overlay of a window of this many device pixels.
void drawOverlay(OverlayPainter& painter, const OverlayModel& overlay, float width, float height);

}  // namespace volpress::studio
