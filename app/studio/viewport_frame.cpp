#include "app/studio/viewport_frame.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>

#include "app/studio/display_text.hpp"
#include "app/studio/loupe.hpp"

namespace volpress::studio {
namespace {

constexpr float kLabelMargin = 8;  // logical pixels between a pane's edge and its label

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

std::string qualityText(const SideQuality& quality) {
  std::string text = decibelText(quality.psnr);
  if (quality.ssim) {
    text += fmt::format("  {:.4f}", *quality.ssim);
  }
  return text;
}

/// What the label of a side says in words instead is not told in numbers here either.
bool hasNumbers(const FrameFacts& facts, const ViewportState& state, std::size_t side) {
  return facts.quality[side].has_value() && state.sides[side].note.empty();
}

std::string hudText(const FrameFacts& facts, const ViewportState& state) {
  std::string text = fmt::format("{}   {:.0f} ms", facts.path, facts.milliseconds);
  if (facts.splats > 0 || facts.others.empty()) {
    text += fmt::format("   {} splats", countText(facts.splats));
  }
  for (const auto& [unit, count] : facts.others) {
    text += fmt::format("   {} {}", countText(count), unit);
  }
  std::size_t measured = 0;
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    measured += hasNumbers(facts, state, side) ? 1U : 0U;
  }
  if (measured > 0) {
    text += "   this view";
  }
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    if (hasNumbers(facts, state, side)) {
      text += measured > 1 ? fmt::format("   {} ", sideLetter(side)) : std::string(" ");
      text += qualityText(*facts.quality[side]);
    }
  }
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    if (!state.sides[side].lost.empty()) {
      text += fmt::format("   {} lost {}", sideLetter(side), state.sides[side].lost);
    }
  }
  if (facts.coarse) {
    text += state.motion == SceneMotion::Playing ? "   coarse" : "   refining";
  }
  return text;
}

/// Cuts a line to a rectangle (Liang and Barsky, 1984); false when nothing is left.
bool cutTo(const PixelRect& rect, std::array<float, 4>& ends) {
  const std::array<float, 2> step{ends[2] - ends[0], ends[3] - ends[1]};
  const std::array<float, 2> low{static_cast<float>(rect.x), static_cast<float>(rect.y)};
  const std::array<float, 2> high{static_cast<float>(rect.x + rect.width),
                                  static_cast<float>(rect.y + rect.height)};
  float first = 0;
  float last = 1;
  for (std::size_t axis = 0; axis < 2; ++axis) {
    if (step[axis] == 0) {
      if (ends[axis] < low[axis] || ends[axis] > high[axis]) {
        return false;
      }
      continue;
    }
    float enter = (low[axis] - ends[axis]) / step[axis];
    float leave = (high[axis] - ends[axis]) / step[axis];
    if (enter > leave) {
      std::swap(enter, leave);
    }
    first = std::max(first, enter);
    last = std::min(last, leave);
  }
  if (!(first <= last)) {
    return false;
  }
  ends = {ends[0] + step[0] * first, ends[1] + step[1] * first, ends[0] + step[0] * last,
          ends[1] + step[1] * last};
  return true;
}

void addLines(std::vector<OverlayLine>& lines, const std::vector<WorldLine>& added,
              const ViewportState& state, const PaneLayout& pane) {
  const Camera camera = paneCamera(state, pane);
  for (const WorldLine& line : added) {
    auto ends = projectLine(camera, line);
    if (!ends) {
      continue;
    }
    for (std::size_t i = 0; i < 4; ++i) {
      (*ends)[i] += static_cast<float>(i % 2 == 0 ? pane.picture.x : pane.picture.y);
    }
    if (cutTo(pane.visible, *ends)) {
      lines.push_back({*ends, line.kind});
    }
  }
}

void addGizmo(OverlayModel& overlay, const ViewportState& state, const PaneLayout& pane) {
  if (state.gizmo == nullptr) {
    return;
  }
  addLines(overlay.lines, state.gizmo->lines, state, pane);
  for (std::size_t i = 0; i < state.gizmo->handles.size(); ++i) {
    const GizmoHandle& handle = state.gizmo->handles[i];
    if (const auto at = handlePlace(state, pane, handle.at)) {
      overlay.handles.push_back({(*at)[0], (*at)[1], state.gizmoHandle == i, handle.axis});
    }
  }
}

}  // namespace

std::optional<std::array<float, 2>> handlePlace(const ViewportState& state, const PaneLayout& pane,
                                                const Vec3& handle) {
  auto at = project(paneCamera(state, pane), handle);
  if (!at) {
    return std::nullopt;
  }
  (*at)[0] += static_cast<float>(pane.picture.x);
  (*at)[1] += static_cast<float>(pane.picture.y);
  const auto left = static_cast<float>(pane.visible.x);
  const auto top = static_cast<float>(pane.visible.y);
  const bool inside = (*at)[0] >= left && (*at)[1] >= top &&
                      (*at)[0] < left + static_cast<float>(pane.visible.width) &&
                      (*at)[1] < top + static_cast<float>(pane.visible.height);
  return inside ? at : std::nullopt;
}

int fieldHeight(const PaneLayout& pane) {
  return std::max(1, std::min(pane.picture.width, pane.picture.height));
}

Camera paneCamera(const ViewportState& state, const PaneLayout& pane) {
  const auto width = static_cast<std::size_t>(std::max(1, pane.picture.width));
  const auto height = static_cast<std::size_t>(std::max(1, pane.picture.height));
  Camera camera = state.camera.camera(width, height);
  const float narrow = static_cast<float>(fieldHeight(pane)) / static_cast<float>(height);
  camera.fx *= narrow;
  camera.fy *= narrow;
  return camera;
}

Camera paneCamera(const ViewportState& state, const CompareLayout& layout) {
  const auto shown = std::find_if(layout.panes.begin(), layout.panes.end(),
                                  [](const PaneLayout& pane) { return pane.shown; });
  return paneCamera(state, shown == layout.panes.end() ? layout.panes[0] : *shown);
}

OverlayModel makeOverlay(const ViewportState& state, const CompareLayout& layout,
                         const FrameFacts& facts) {
  OverlayModel overlay;
  overlay.scale = state.scale;
  // What plays stays coarse for as long as it plays: its labels are to be read.
  overlay.dimmed = facts.coarse && state.motion != SceneMotion::Playing;
  overlay.wipeX = layout.wipeX;
  overlay.wipeHovered = state.wipeHovered;
  if (state.view.sideCount > 1) {
    overlay.heat = state.heat;
  }
  const float margin = kLabelMargin * state.scale;
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    const PaneLayout& pane = layout.panes[side];
    if (!pane.shown || state.sides[side].isEmpty()) {
      continue;
    }
    if (state.cameraLines != nullptr) {
      addLines(overlay.lines, *state.cameraLines, state, pane);
    }
    addGizmo(overlay, state, pane);
    OverlayLabel label;
    label.x = static_cast<float>(pane.visible.x) + margin;
    label.y = static_cast<float>(pane.visible.y) + margin;
    label.maxWidth = static_cast<float>(pane.visible.width) - 2 * margin;
    label.letter.assign(1, sideLetter(side));
    label.name = state.sides[side].name;
    label.numbers = state.sides[side].numbers;
    if (!state.sides[side].note.empty()) {
      label.live = state.sides[side].note;
    } else if (facts.quality[side]) {
      label.live = "view " + decibelText(facts.quality[side]->psnr);
    }
    overlay.labels.push_back(std::move(label));
    if (state.pivotShown) {
      if (const auto at = project(paneCamera(state, pane), state.camera.pivot())) {
        overlay.pivots.push_back({(*at)[0] + static_cast<float>(pane.picture.x),
                                  (*at)[1] + static_cast<float>(pane.picture.y)});
      }
    }
  }
  overlay.hud = hudText(facts, state);
  return overlay;
}

void composeFrame(ViewportFrame& frame) {
  frame.panes.clear();
  for (std::size_t side = 0; side < kMaxSides; ++side) {
    const PaneLayout& layout = frame.layout.panes[side];
    if (!layout.shown || layout.visible.width <= 0 || frame.state.sides[side].isEmpty()) {
      continue;
    }
    FramePane pane{side, frame.heat[side], layout.picture, layout.visible, true};
    if (pane.pixels == nullptr && !frame.drawnByDevice) {
      if (frame.drawn[side] == nullptr) {
        continue;
      }
      pane.pixels = frame.drawn[side]->pixels;
    }
    frame.panes.push_back(std::move(pane));
  }
  frame.overlay = makeOverlay(frame.state, frame.layout, frame.facts);
  addLoupe(frame);
}

}  // namespace volpress::studio
