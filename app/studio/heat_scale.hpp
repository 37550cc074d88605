// Where the heat map's scale and range slider lie in the viewport. Qt-free; device pixels.
#pragma once

#include <optional>

#include "app/studio/compare_heat.hpp"
#include "app/studio/overlay_painter.hpp"

namespace volpress::studio {

struct HeatScaleLayout {
  OverlayRect plate;
  OverlayRect bar;    ///< the colours
  OverlayRect track;  ///< of the range slider; its knob travels along the whole width
};

/// Bottom right, above the line of the head-up display.
[[nodiscard]] HeatScaleLayout layoutHeatScale(float width, float height, float scale);

/// Place 0..1 of a range on the slider, which is logarithmic, and the range at a place.
[[nodiscard]] float heatKnob(float range);
[[nodiscard]] float heatRangeAt(float place);

/// What a pointer does there: nothing when it is beside the scale.
[[nodiscard]] bool hitsHeatScale(const HeatScaleLayout& layout, float x, float y);
/// The range that a pointer at `x` drags the slider to.
[[nodiscard]] float draggedHeatRange(const HeatScaleLayout& layout, float x);

}  // namespace volpress::studio
