#include "app/studio/loupe.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <fmt/core.h>

namespace volpress::studio {
namespace {

constexpr float kAway = 20;       // logical pixels from the pointer, so that it hides nothing
constexpr float kWords = 4 * 18;  // logical pixels below a square
constexpr int kHalf = kLoupePixels / 2;

using Rgb = std::array<float, 3>;

Rgb valueAt(const Image& image, int x, int y) {
  const std::size_t at =
      3 * (static_cast<std::size_t>(y) * image.width + static_cast<std::size_t>(x));
  return {image.pixels[at], image.pixels[at + 1], image.pixels[at + 2]};
}

/// The square of pixels around (x, y); what lies outside the picture is dark.
std::shared_ptr<const PanePixels> piece(const PanePixels& from, int x, int y) {
  auto square = std::make_shared<PanePixels>();
  square->width = square->height = kLoupePixels;
  square->rgba.assign(std::size_t{4} * kLoupePixels * kLoupePixels, 18);
  for (int row = 0; row < kLoupePixels; ++row) {
    for (int column = 0; column < kLoupePixels; ++column) {
      const int sx = x + column - kHalf;
      const int sy = y + row - kHalf;
      if (sx < 0 || sy < 0 || sx >= static_cast<int>(from.width) ||
          sy >= static_cast<int>(from.height)) {
        continue;
      }
      const std::size_t source =
          4 * (static_cast<std::size_t>(sy) * from.width + static_cast<std::size_t>(sx));
      const int target = 4 * (row * kLoupePixels + column);
      std::copy_n(from.rgba.begin() + static_cast<std::ptrdiff_t>(source), 4,
                  square->rgba.begin() + target);
    }
  }
  return square;
}

std::string floatText(const Rgb& value) {
  return fmt::format("{:.4f} {:.4f} {:.4f}", value[0], value[1], value[2]);
}

std::string byteText(const Rgb& value) {
  const auto byte = [](float channel) {
    return std::lround(std::clamp(channel, 0.0F, 1.0F) * 255.0F);
  };
  return fmt::format("{} {} {}", byte(value[0]), byte(value[1]), byte(value[2]));
}

/// In steps of an 8-bit display.
std::string errorText(const Rgb& reference, const Rgb& value) {
  std::string text;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    const float steps = 255.0F * (std::clamp(value[channel], 0.0F, 1.0F) -
                                  std::clamp(reference[channel], 0.0F, 1.0F));
    const bool zero = std::abs(steps) < 0.05F;
    text += fmt::format("{}{}{:.1f}", channel == 0 ? "" : " ", zero ? "" : (steps < 0 ? "−" : "+"),
                        zero ? 0.0F : std::abs(steps));
  }
  return text;
}

/// Moves a box of this size to the other side of the pointer where it would leave `room`.
std::array<float, 2> place(float x, float y, float width, float height, const OverlayRect& room,
                           float away) {
  std::array<float, 2> corner{x + away, y + away};
  if (corner[0] + width > room.x + room.width) {
    corner[0] = x - away - width;
  }
  if (corner[1] + height > room.y + room.height) {
    corner[1] = y - away - height;
  }
  corner[0] = std::max(room.x, std::min(corner[0], room.x + room.width - width));
  corner[1] = std::max(room.y, std::min(corner[1], room.y + room.height - height));
  return {std::floor(corner[0]), std::floor(corner[1])};
}

OverlayRect rectOf(const PixelRect& rect) {
  return {static_cast<float>(rect.x), static_cast<float>(rect.y), static_cast<float>(rect.width),
          static_cast<float>(rect.height)};
}

}  // namespace

void addLoupe(ViewportFrame& frame) {
  const ViewportState& state = frame.state;
  if (!state.loupe || !state.pointer || frame.facts.coarse || frame.drawn[0] == nullptr) {
    return;
  }
  const auto [pointerX, pointerY] = *state.pointer;
  const PixelRect& under = frame.layout.panes[sideAt(frame.layout, pointerX, pointerY)].picture;
  const int x = pointerX - under.x;
  const int y = pointerY - under.y;
  const Image& reference = frame.drawn[0]->color;
  if (x < 0 || y < 0 || x >= static_cast<int>(reference.width) ||
      y >= static_cast<int>(reference.height)) {
    return;
  }
  const float scale = state.scale;
  const float cell = static_cast<float>(kLoupeZoom) * std::max(1.0F, std::floor(scale));
  const float edge = cell * kLoupePixels;
  const float height = edge + kWords * scale;
  const bool inPanes = state.view.mode == CompareMode::SideBySide && state.view.sideCount > 1;
  const std::size_t count = state.view.sideCount;
  const OverlayRect window{0, 0, static_cast<float>(state.width), static_cast<float>(state.height)};
  const float gap = 4 * scale;
  const float rowWidth = static_cast<float>(count) * (edge + gap) - gap;
  const auto row = place(static_cast<float>(pointerX), static_cast<float>(pointerY), rowWidth,
                         height, window, kAway * scale);
  const Rgb original = valueAt(reference, x, y);
  for (std::size_t side = 0; side < count; ++side) {
    const auto& drawn = frame.drawn[side];
    if (drawn == nullptr || drawn->color.width != reference.width ||
        drawn->color.height != reference.height) {
      continue;
    }
    std::array<float, 2> corner{row[0] + static_cast<float>(side) * (edge + gap), row[1]};
    if (inPanes) {
      const PixelRect& pane = frame.layout.panes[side].picture;
      corner = place(static_cast<float>(pane.x + x), static_cast<float>(pane.y + y), edge, height,
                     rectOf(pane), kAway * scale);
    }
    LoupeTile tile;
    tile.side = side;
    tile.square = {corner[0], corner[1], edge, edge};
    tile.cell = cell;
    tile.letter.assign(1, sideLetter(side));
    const Rgb value = valueAt(drawn->color, x, y);
    tile.lines = {
        byteText(value), floatText(value),
        side == 0 ? fmt::format("pixel {}, {}", x, y) : "Δ " + errorText(original, value)};
    frame.overlay.loupe.push_back(std::move(tile));
    const PixelRect square{static_cast<int>(corner[0]), static_cast<int>(corner[1]),
                           static_cast<int>(edge), static_cast<int>(edge)};
    frame.panes.push_back({side, piece(*drawn->pixels, x, y), square, square, false});
  }
}

}  // namespace volpress::studio
