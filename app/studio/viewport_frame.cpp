#include "app/studio/viewport_frame.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

#include "app/studio/display_text.hpp"

namespace volpress::studio {
namespace {

constexpr float kMargin = 8;  // logical pixels between a pane's edge and its label

/// Where a world point lies in the picture; nothing when it is behind the camera.
std::optional<std::array<float, 2>> project(const Camera& camera, Vec3 point) {
  std::array<float, 3> local{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t axis = 0; axis < 3; ++axis) {
      local[row] += camera.rotation[3 * row + axis] * (point[axis] - camera.position[axis]);
    }
  }
  if (local[2] <= 0) {
    return std::nullopt;
  }
  return std::array{camera.fx * local[0] / local[2] + camera.cx,
                    camera.fy * local[1] / local[2] + camera.cy};
}

std::string hudText(const FrameFacts& facts) {
  std::string text = fmt::format("{}   {:.0f} ms   {} splats", facts.path, facts.milliseconds,
                                 countText(facts.splats));
  if (facts.viewPsnr) {
    text += fmt::format("   this view {}", decibelText(*facts.viewPsnr));
  }
  if (facts.coarse) {
    text += "   refining";
  }
  return text;
}

}  // namespace

Camera paneCamera(const ViewportState& state, const PaneLayout& pane) {
  return state.camera.camera(static_cast<std::size_t>(std::max(1, pane.picture.width)),
                             static_cast<std::size_t>(std::max(1, pane.picture.height)));
}

OverlayModel makeOverlay(const ViewportState& state, const CompareLayout& layout,
                         const FrameFacts& facts) {
  OverlayModel overlay;
  overlay.scale = state.scale;
  overlay.dimmed = facts.coarse;
  overlay.wipeX = layout.wipeX;
  overlay.wipeHovered = state.wipeHovered;
  const float margin = kMargin * state.scale;
  for (std::size_t side = 0; side < 2; ++side) {
    const PaneLayout& pane = layout.panes[side];
    if (!pane.shown || state.sides[side].cloud == nullptr) {
      continue;
    }
    OverlayLabel label;
    label.x = static_cast<float>(pane.visible.x) + margin;
    label.y = static_cast<float>(pane.visible.y) + margin;
    label.maxWidth = static_cast<float>(pane.visible.width) - 2 * margin;
    label.letter.assign(1, side == 0 ? 'A' : 'B');
    label.name = state.sides[side].name;
    label.numbers = state.sides[side].numbers;
    overlay.labels.push_back(std::move(label));
    if (state.pivotShown) {
      if (const auto at = project(paneCamera(state, pane), state.camera.pivot())) {
        overlay.pivot = {(*at)[0] + static_cast<float>(pane.picture.x),
                         (*at)[1] + static_cast<float>(pane.picture.y)};
      }
    }
  }
  overlay.hud = hudText(facts);
  return overlay;
}

}  // namespace volpress::studio
