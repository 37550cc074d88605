#include "app/studio/heat_scale.hpp"

#include <algorithm>
#include <cmath>

namespace volpress::studio {
namespace {

// Logical pixels.
constexpr float kBarWidth = 220;
constexpr float kBarHeight = 12;
constexpr float kPad = 10;
constexpr float kLine = 18;  // of words
constexpr float kSlider = 18;
constexpr float kMargin = 8;
constexpr float kAboveHud = 36;

}  // namespace

HeatScaleLayout layoutHeatScale(float width, float height, float scale) {
  HeatScaleLayout layout;
  const float barWidth = std::floor(
      std::max(60.0F, std::min(kBarWidth * scale, width - 2 * (kPad + kMargin) * scale)));
  OverlayRect& plate = layout.plate;
  plate.width = barWidth + 2 * kPad * scale;
  plate.height = (2 * kLine + kBarHeight + kSlider + 4) * scale;
  plate.x = std::floor(width - plate.width - kMargin * scale);
  plate.y = std::floor(height - plate.height - kAboveHud * scale);
  layout.bar = {plate.x + std::floor(kPad * scale), plate.y + std::floor(kLine * scale) + 2 * scale,
                barWidth, std::floor(kBarHeight * scale)};
  layout.track = {layout.bar.x, layout.bar.y + layout.bar.height + kLine * scale, barWidth,
                  kSlider * scale};
  return layout;
}

float heatKnob(float range) {
  return std::clamp(1 - std::log(range) / std::log(kMinHeatRange), 0.0F, 1.0F);
}

float heatRangeAt(float place) {
  return std::pow(kMinHeatRange, 1 - std::clamp(place, 0.0F, 1.0F));
}

bool hitsHeatScale(const HeatScaleLayout& layout, float x, float y) {
  const OverlayRect& plate = layout.plate;
  return x >= plate.x && x < plate.x + plate.width && y >= plate.y && y < plate.y + plate.height;
}

float draggedHeatRange(const HeatScaleLayout& layout, float x) {
  return heatRangeAt((x - layout.track.x) / layout.track.width);
}

}  // namespace volpress::studio
