// A mesh's picture with its smaller levels.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scene/formats/webp_image.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::renderer {

class MeshTextureLevels {
public:
  /// Levels by 2x2 means of linear light, down to one pixel. `isColor`: stored as sRGB.
  MeshTextureLevels(formats::RgbaImage image, bool isColor);

  /// Linear RGBA at `u`, `v` (any finite numbers; v down), between the two nearest levels of
  /// `texelsPerPixel` (the longer side of the pixel's footprint, in units of the whole picture).
  [[nodiscard]] std::array<float, 4> sample(float u, float v, float footprint,
                                            const TextureUse& use) const;

private:
  struct Level {
    std::size_t width = 0;
    std::size_t height = 0;
    std::vector<std::uint8_t> pixels;
  };
  [[nodiscard]] std::array<float, 4> bilinear(const Level& level, float u, float v,
                                              const TextureUse& use) const;

  std::vector<Level> m_levels;
  bool m_isColor;
};

}  // namespace volpress::renderer
