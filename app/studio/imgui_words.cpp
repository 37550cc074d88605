#include "app/studio/imgui_words.hpp"

#include <imgui.h>

#include "app/studio/overlay_words.hpp"

namespace volpress::studio {
namespace {

ImU32 packed(OverlayColor color) {
  return IM_COL32(color.red, color.green, color.blue, color.alpha);
}

class ImguiPainter final : public OverlayPainter {
public:
  explicit ImguiPainter(ImDrawList& list) : m_list(list) {}

  float textWidth(const std::string& text) override {
    return ImGui::CalcTextSize(text.data(), text.data() + text.size()).x;
  }
  float textHeight() override { return ImGui::GetFontSize(); }
  void text(float x, float y, OverlayColor color, const std::string& text) override {
    m_list.AddText(ImVec2(x, y), packed(color), text.data(), text.data() + text.size());
  }
  void fill(const OverlayRect& rect, OverlayColor color, float radius) override {
    m_list.AddRectFilled(from(rect), to(rect), packed(color), radius);
  }
  void frame(const OverlayRect& rect, OverlayColor color, float thickness) override {
    m_list.AddRect(from(rect), to(rect), packed(color), 0, 0, thickness);
  }
  void line(float x0, float y0, float x1, float y1, OverlayColor color, float thickness) override {
    m_list.AddLine(ImVec2(x0, y0), ImVec2(x1, y1), packed(color), thickness);
  }
  void disc(float x, float y, float radius, OverlayColor color) override {
    m_list.AddCircleFilled(ImVec2(x, y), radius, packed(color));
  }
  void ring(float x, float y, float radius, OverlayColor color, float thickness) override {
    m_list.AddCircle(ImVec2(x, y), radius, packed(color), 0, thickness);
  }
  void pushClip(const OverlayRect& rect) override {
    m_list.PushClipRect(from(rect), to(rect), true);
  }
  void popClip() override { m_list.PopClipRect(); }

private:
  static ImVec2 from(const OverlayRect& rect) { return {rect.x, rect.y}; }
  static ImVec2 to(const OverlayRect& rect) { return {rect.x + rect.width, rect.y + rect.height}; }

  ImDrawList& m_list;
};

}  // namespace

void drawOverlayWords(const OverlayModel& overlay, float width, float height) {
  ImguiPainter painter(*ImGui::GetBackgroundDrawList());
  drawOverlay(painter, overlay, width, height);
}

}  // namespace volpress::studio
