// How pictures of hash-grid fields are drawn, whatever draws them.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>

namespace volpress::renderer {

/// How colours of half-transparent places mix with the background.
enum class FieldBlending : std::uint8_t {
  Trained,   ///< in sRGB code values, which the field was trained in
  Original,  ///< as instant-ngp shows it: the colour in front made linear, then mixed
};

struct FieldRenderOptions {
  FieldBlending blending = FieldBlending::Trained;
  std::optional<std::array<float, 4>> background;  ///< sRGB and opacity; else the field's
  bool skipsEmpty = true;                          ///< false: samples empty cells as well
  std::stop_token stop;
};

}  // namespace volpress::renderer
