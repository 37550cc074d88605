#include "app/studio/overlay_words.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "app/studio/heat_scale.hpp"

namespace volpress::studio {
namespace {

constexpr OverlayColor kPlate{18, 18, 18, 200};
constexpr OverlayColor kText{236, 236, 236, 255};
constexpr OverlayColor kQuiet{176, 176, 176, 255};
constexpr OverlayColor kAccent{110, 168, 254, 255};
constexpr OverlayColor kLine{255, 255, 255, 210};
constexpr OverlayColor kLineEdge{0, 0, 0, 140};
constexpr OverlayColor kHeldOut{255, 190, 92, 255};  // cameras that are only measured on
constexpr OverlayColor kTrack{90, 90, 90, 255};
// x, y and z, as everywhere where scenes are made.
constexpr std::array kAxes{OverlayColor{232, 88, 88, 255}, OverlayColor{104, 200, 96, 255},
                           OverlayColor{92, 148, 255, 255}};
constexpr float kPad = 6;  // logical pixels

OverlayColor faded(OverlayColor color, bool dimmed) {
  color.alpha = dimmed ? static_cast<std::uint8_t>(color.alpha * 2 / 5) : color.alpha;
  return color;
}

bool overlaps(const OverlayRect& a, const OverlayRect& b) {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

void drawLabel(OverlayPainter& painter, const OverlayLabel& label, float scale, bool dimmed) {
  const float pad = kPad * scale;
  const float gap = 10 * scale;
  const float letterWidth = painter.textWidth(label.letter);
  if (label.maxWidth < letterWidth + 2 * pad) {
    return;  // no room for even the letter
  }
  // What does not fit whole is left out, of the numbers from the end; but the name is cut.
  struct Part {
    std::string words;
    OverlayColor color;
  };
  std::vector<Part> parts{{label.name, kText}};
  float width = pad * 2 + letterWidth + gap + painter.textWidth(label.name);
  const auto fits = [&](const std::string& words) {
    return width + gap + painter.textWidth(words) <= label.maxWidth;
  };
  for (const bool live : {true, false}) {
    std::string words = live ? label.live : label.numbers;
    while (!live && !words.empty() && !fits(words)) {
      const std::size_t cut = words.rfind("   ");
      words.resize(cut == std::string::npos ? 0 : cut);
    }
    if (!words.empty() && fits(words)) {
      width += gap + painter.textWidth(words);
      parts.push_back({std::move(words), live ? kText : kQuiet});
    }
  }
  const OverlayRect plate{label.x, label.y, std::min(width, label.maxWidth),
                          painter.textHeight() + pad};
  painter.fill(plate, faded(kPlate, dimmed), 4 * scale);
  painter.pushClip({plate.x, plate.y, plate.width - pad * 0.5F, plate.height});
  const float y = label.y + pad * 0.5F;
  float x = label.x + pad;
  painter.text(x, y, faded(kAccent, dimmed), label.letter);
  x += letterWidth + gap;
  for (const Part& part : parts) {
    painter.text(x, y, faded(part.color, dimmed), part.words);
    x += painter.textWidth(part.words) + gap;
  }
  painter.popClip();
}

void drawWipe(OverlayPainter& painter, const OverlayModel& overlay, float height) {
  const auto x = static_cast<float>(overlay.wipeX);
  const float scale = overlay.scale;
  const float thick = (overlay.wipeHovered ? 3.0F : 1.5F) * scale;
  painter.line(x, 0, x, height, kLineEdge, thick + 2 * scale);
  painter.line(x, 0, x, height, kLine, thick);
  const float radius = 14 * scale;
  const float y = height * 0.5F;
  painter.disc(x, y, radius, kPlate);
  painter.ring(x, y, radius, overlay.wipeHovered ? kAccent : kLine, 1.5F * scale);
  const float top = y - painter.textHeight() * 0.5F;
  for (const auto& [letter, side] : {std::pair{"A", -0.5F}, {"B", 0.5F}}) {
    painter.text(x + side * radius - painter.textWidth(letter) * 0.5F, top, kText, letter);
  }
}

void drawScale(OverlayPainter& painter, const HeatView& heat, float scale,
               const HeatScaleLayout& layout) {
  painter.fill(layout.plate, kPlate, 4 * scale);
  const float textTop = layout.plate.y + kPad * 0.5F * scale;
  painter.text(layout.bar.x, textTop, kText, heatTitle(heat.kind));
  // Slices of whole pixels, so that no seams show.
  const bool isSigned = heat.kind == HeatKind::Signed;
  const auto slices = static_cast<int>(layout.bar.width);
  for (int i = 0; i < slices; ++i) {
    const float unit = (static_cast<float>(i) + 0.5F) / static_cast<float>(slices);
    const HeatColor color = heatColor(heat.kind, isSigned ? 2 * unit - 1 : unit);
    painter.fill({layout.bar.x + static_cast<float>(i), layout.bar.y, 1, layout.bar.height},
                 {color.red, color.green, color.blue, 255}, 0);
  }
  painter.frame(layout.bar, kTrack, scale);
  const float range = heat.range();
  const float low = isSigned ? -range : 0;
  for (const float at : {0.0F, 0.5F, 1.0F}) {
    const std::string number = heatNumber(low + at * (range - low));
    const float x = layout.bar.x + at * layout.bar.width;
    const float half = painter.textWidth(number) * (at == 0 ? 0.0F : at == 1 ? 1.0F : 0.5F);
    painter.text(x - half, layout.bar.y + layout.bar.height + 1 * scale, kQuiet, number);
  }
  const float middle = layout.track.y + layout.track.height * 0.5F;
  const float knob = layout.track.x + heatKnob(range) * layout.track.width;
  painter.line(layout.track.x, middle, layout.track.x + layout.track.width, middle, kTrack,
               3 * scale);
  painter.line(layout.track.x, middle, knob, middle, kAccent, 3 * scale);
  painter.disc(knob, middle, 6 * scale, kText);
}

void drawLoupe(OverlayPainter& painter, const LoupeTile& tile, float scale) {
  const float pad = kPad * scale;
  const float lineHeight = painter.textHeight();
  // Words below the square, on one plate with it.
  OverlayRect plate = tile.square;
  plate.y += plate.height;
  plate.height = lineHeight * static_cast<float>(tile.lines.size()) + pad;
  painter.fill(plate, {kPlate.red, kPlate.green, kPlate.blue, 235}, 0);
  painter.frame(
      {tile.square.x, tile.square.y, tile.square.width, tile.square.height + plate.height}, kLine,
      scale);
  // The pixel that is read.
  const float cell = tile.cell;
  const OverlayRect pixel{tile.square.x + (tile.square.width - cell) * 0.5F,
                          tile.square.y + (tile.square.height - cell) * 0.5F, cell, cell};
  painter.frame(
      {pixel.x - scale, pixel.y - scale, pixel.width + 2 * scale, pixel.height + 2 * scale},
      kLineEdge, scale);
  painter.frame(pixel, kLine, scale);
  painter.pushClip(plate);
  float y = plate.y + pad * 0.5F;
  for (const std::string& line : tile.lines) {
    float x = plate.x + pad;
    if (&line == &tile.lines.front()) {
      painter.text(x, y, kAccent, tile.letter);
      x += painter.textWidth(tile.letter) + pad;
    }
    painter.text(x, y, &line == &tile.lines.front() ? kText : kQuiet, line);
    y += lineHeight;
  }
  painter.popClip();
}

}  // namespace

void drawOverlay(OverlayPainter& painter, const OverlayModel& overlay, float width, float height) {
  const float scale = overlay.scale;
  // A dark edge below, so that the outline of a crop shows on bright scenes too.
  for (const OverlayLine& line : overlay.lines) {
    if (line.kind == FrustumKind::Crop) {
      painter.line(line.ends[0], line.ends[1], line.ends[2], line.ends[3], kLineEdge, 3 * scale);
    }
  }
  for (const OverlayLine& line : overlay.lines) {
    painter.line(line.ends[0], line.ends[1], line.ends[2], line.ends[3],
                 line.kind == FrustumKind::HeldOut ? kHeldOut : kAccent, 1.2F * scale);
  }
  for (const OverlayHandle& handle : overlay.handles) {
    const float radius = (handle.hovered ? 7.0F : 5.0F) * scale;
    painter.disc(handle.x, handle.y, radius + 1.5F * scale, kLineEdge);
    painter.disc(handle.x, handle.y, radius, handle.axis ? kAxes.at(*handle.axis) : kText);
    if (handle.hovered) {
      painter.ring(handle.x, handle.y, radius, kText, 1.5F * scale);
    }
  }
  if (overlay.wipeX >= 0) {
    drawWipe(painter, overlay, height);
  }
  for (const OverlayLabel& label : overlay.labels) {
    drawLabel(painter, label, scale, overlay.dimmed);
  }
  for (const auto& pivot : overlay.pivots) {
    painter.ring(pivot[0], pivot[1], 6 * scale, kLineEdge, 3 * scale);
    painter.ring(pivot[0], pivot[1], 6 * scale, kAccent, 1.5F * scale);
  }
  if (overlay.heat.kind != HeatKind::None) {
    const HeatScaleLayout layout = layoutHeatScale(width, height, scale);
    // The loupe's pixels lie below all words: where they meet, the loupe is what is looked at.
    const bool covered =
        std::any_of(overlay.loupe.begin(), overlay.loupe.end(),
                    [&](const LoupeTile& tile) { return overlaps(layout.plate, tile.square); });
    if (!covered) {
      drawScale(painter, overlay.heat, scale, layout);
    }
  }
  if (!overlay.hud.empty()) {
    const float pad = kPad * scale;
    const float margin = 8 * scale;
    const float plateHeight = painter.textHeight() + pad;
    const OverlayRect plate{margin, height - margin - plateHeight,
                            std::min(width - 2 * margin, painter.textWidth(overlay.hud) + 2 * pad),
                            plateHeight};
    painter.fill(plate, kPlate, 4 * scale);
    painter.pushClip(plate);
    painter.text(plate.x + pad, plate.y + pad * 0.5F, kQuiet, overlay.hud);
    painter.popClip();
  }
  for (const LoupeTile& tile : overlay.loupe) {
    drawLoupe(painter, tile, scale);
  }
}

}  // namespace volpress::studio
