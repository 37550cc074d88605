// Heat maps of the error between two pictures, and the scale that explains them. Qt-free.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/image.hpp"

namespace volpress::studio {

/// What panes B to D show in place of their pictures.
enum class HeatKind : std::uint8_t {
  None,
  Absolute,  ///< |test - reference|, mean of R, G and B
  Flip,      ///< the FLIP error of Andersson et al. 2020
  Signed,    ///< test - reference, mean of R, G and B: blue darker, orange brighter
  Splats,    ///< each splat in the colour of the error seen through it
  Surface,   ///< a mesh in the colour of its distance to A, in percent of A's diagonal
};
inline constexpr std::size_t kHeatKinds = 6;
/// Whether the error is painted onto the scene itself rather than told by two pictures.
[[nodiscard]] constexpr bool isPainted(HeatKind kind) noexcept {
  return kind == HeatKind::Splats || kind == HeatKind::Surface;
}

/// Which heat map is shown and, for every kind, the error at the end of its scale. A range stays
/// what it was while variants are flipped and kinds are cycled.
struct HeatView {
  HeatKind kind = HeatKind::None;
  std::array<float, kHeatKinds> ranges{};

  HeatView();
  [[nodiscard]] float range() const { return ranges[static_cast<std::size_t>(kind)]; }
  /// Held inside kMinHeatRange..1.
  void setRange(float range);
  [[nodiscard]] bool operator==(const HeatView&) const = default;
};
inline constexpr float kMinHeatRange = 0.002F;
[[nodiscard]] float defaultHeatRange(HeatKind kind);

/// D: absolute, FLIP, signed, none.
[[nodiscard]] HeatKind nextDifference(HeatKind kind);

/// For people: "Absolute difference", "FLIP", ...
[[nodiscard]] std::string heatTitle(HeatKind kind);

struct HeatColor {
  std::uint8_t red = 0;
  std::uint8_t green = 0;
  std::uint8_t blue = 0;
};
/// The colour at `place` of the scale: 0 no error, 1 (and for Signed -1) its end.
[[nodiscard]] HeatColor heatColor(HeatKind kind, float place);

/// The error of each pixel, 1 channel, in display units (FLIP: 0..1; Signed: -1..1).
/// InvalidParameter for None, Splats and Surface, which no two pictures tell.
[[nodiscard]] Result<Image> errorField(HeatKind kind, const Image& reference, const Image& test,
                                       TaskRunner& runner);

/// RGBA bytes of an error field, `range` being the end of the scale.
[[nodiscard]] std::vector<std::uint8_t> heatPixels(HeatKind kind, const Image& field, float range,
                                                   TaskRunner& runner);

/// A number of the scale: "0.05", "-0.1".
[[nodiscard]] std::string heatNumber(float value);

}  // namespace volpress::studio
