// The viewport's overlay, drawn with Dear ImGui.
#pragma once

#include "app/studio/viewport_frame.hpp"

namespace volpress::studio {

/// Adds the overlay to the current ImGui frame of a window of this many device pixels.
void drawOverlayWords(const OverlayModel& overlay, float width, float height);

}  // namespace volpress::studio
