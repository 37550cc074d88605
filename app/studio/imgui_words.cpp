#include "app/studio/imgui_words.hpp"

#include <algorithm>

#include <imgui.h>

namespace volpress::studio {
namespace {

constexpr ImU32 kPlate = IM_COL32(18, 18, 18, 190);
constexpr ImU32 kText = IM_COL32(236, 236, 236, 255);
constexpr ImU32 kQuiet = IM_COL32(176, 176, 176, 255);
constexpr ImU32 kAccent = IM_COL32(110, 168, 254, 255);
constexpr ImU32 kLine = IM_COL32(255, 255, 255, 210);
constexpr ImU32 kLineEdge = IM_COL32(0, 0, 0, 140);

ImU32 faded(ImU32 color, bool dimmed) {
  const ImU32 alpha = (color >> IM_COL32_A_SHIFT) & 0xFFU;
  const ImU32 shown = dimmed ? alpha * 2 / 5 : alpha;
  return (color & ~IM_COL32_A_MASK) | (shown << IM_COL32_A_SHIFT);
}

void drawLabel(ImDrawList& list, const OverlayLabel& label, float scale, bool dimmed) {
  const float pad = 6 * scale;
  const float gap = 10 * scale;
  const ImVec2 letter = ImGui::CalcTextSize(label.letter.c_str());
  const ImVec2 name = ImGui::CalcTextSize(label.name.c_str());
  const ImVec2 numbers = ImGui::CalcTextSize(label.numbers.c_str());
  const float width =
      pad * 2 + letter.x + gap + name.x + (label.numbers.empty() ? 0.0F : gap + numbers.x);
  const float right = std::min(label.x + width, label.x + label.maxWidth);
  if (right - label.x < letter.x + 2 * pad) {
    return;  // no room for even the letter
  }
  const float height = letter.y + pad;
  const ImVec2 from(label.x, label.y);
  const ImVec2 to(right, label.y + height);
  list.AddRectFilled(from, to, faded(kPlate, dimmed), 4 * scale);
  list.PushClipRect(from, ImVec2(to.x - pad * 0.5F, to.y), true);
  const float y = label.y + pad * 0.5F;
  float x = label.x + pad;
  list.AddText(ImVec2(x, y), faded(kAccent, dimmed), label.letter.c_str());
  x += letter.x + gap;
  list.AddText(ImVec2(x, y), faded(kText, dimmed), label.name.c_str());
  x += name.x + gap;
  list.AddText(ImVec2(x, y), faded(kQuiet, dimmed), label.numbers.c_str());
  list.PopClipRect();
}

void drawWipe(ImDrawList& list, const OverlayModel& overlay, float height) {
  const float x = static_cast<float>(overlay.wipeX);
  const float scale = overlay.scale;
  const float thick = (overlay.wipeHovered ? 3.0F : 1.5F) * scale;
  list.AddLine(ImVec2(x, 0), ImVec2(x, height), kLineEdge, thick + 2 * scale);
  list.AddLine(ImVec2(x, 0), ImVec2(x, height), kLine, thick);
  const float radius = 14 * scale;
  const ImVec2 center(x, height * 0.5F);
  list.AddCircleFilled(center, radius, kPlate);
  list.AddCircle(center, radius, overlay.wipeHovered ? kAccent : kLine, 0, 1.5F * scale);
  const ImVec2 a = ImGui::CalcTextSize("A");
  list.AddText(ImVec2(x - radius * 0.5F - a.x * 0.5F, center.y - a.y * 0.5F), kText, "A");
  list.AddText(ImVec2(x + radius * 0.5F - a.x * 0.5F, center.y - a.y * 0.5F), kText, "B");
}

}  // namespace

void drawOverlayWords(const OverlayModel& overlay, float width, float height) {
  ImDrawList& list = *ImGui::GetBackgroundDrawList();
  const float scale = overlay.scale;
  if (overlay.wipeX >= 0) {
    drawWipe(list, overlay, height);
  }
  for (const OverlayLabel& label : overlay.labels) {
    drawLabel(list, label, scale, overlay.dimmed);
  }
  if (overlay.pivot) {
    const ImVec2 at((*overlay.pivot)[0], (*overlay.pivot)[1]);
    list.AddCircle(at, 6 * scale, kLineEdge, 0, 3 * scale);
    list.AddCircle(at, 6 * scale, kAccent, 0, 1.5F * scale);
  }
  if (!overlay.hud.empty()) {
    const float pad = 6 * scale;
    const float margin = 8 * scale;
    const ImVec2 size = ImGui::CalcTextSize(overlay.hud.c_str());
    const ImVec2 from(margin, height - margin - size.y - pad);
    const ImVec2 to(std::min(width - margin, from.x + size.x + 2 * pad), height - margin);
    list.AddRectFilled(from, to, kPlate, 4 * scale);
    list.AddText(ImVec2(from.x + pad, from.y + pad * 0.5F), kQuiet, overlay.hud.c_str());
  }
}

}  // namespace volpress::studio
