// What the viewport's words and lines are drawn with: Dear ImGui over Vulkan, QPainter without.
#pragma once

#include <cstdint>
#include <string>

namespace volpress::studio {

struct OverlayColor {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
  std::uint8_t alpha = 255;
};

/// Device pixels.
struct OverlayRect {
  float x = 0;
  float y = 0;
  float width = 0;
  float height = 0;
};

class OverlayPainter {
public:
  virtual ~OverlayPainter() = default;
  [[nodiscard]] virtual float textWidth(const std::string& text) = 0;
  [[nodiscard]] virtual float textHeight() = 0;
  /// `x`, `y`: the top left corner of the line.
  virtual void text(float x, float y, OverlayColor color, const std::string& text) = 0;
  virtual void fill(const OverlayRect& rect, OverlayColor color, float radius) = 0;
  virtual void frame(const OverlayRect& rect, OverlayColor color, float thickness) = 0;
  virtual void line(float x0, float y0, float x1, float y1, OverlayColor color,
                    float thickness) = 0;
  virtual void disc(float x, float y, float radius, OverlayColor color) = 0;
  virtual void ring(float x, float y, float radius, OverlayColor color, float thickness) = 0;
  /// Nothing outside `rect` is drawn until popClip.
  virtual void pushClip(const OverlayRect& rect) = 0;
  virtual void popClip() = 0;
};

}  // namespace volpress::studio
