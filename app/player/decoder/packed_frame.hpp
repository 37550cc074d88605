// Frames in the layout that the player's shader reads from a texture of 32-bit whole numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::player {

/// Splats in a row of the texture.
inline constexpr std::size_t kSplatsPerRow = 512;

/// Texels (of four whole numbers) of a splat: two, and 0, 1, 2, 4 or 6 for SH of degree 0 to 4.
[[nodiscard]] constexpr std::size_t texelsPerSplat(unsigned shDegree) noexcept {
  return 2 + (shRestCount(shDegree) + 3) / 4;
}

/// Texel 0: mean x, y, z as f32; the largest standard deviation s in the low 16 bits, as
/// (log2 s + 32) * 1023, and opacity in the high ones, of 65535. Texel 1: the covariance over s^2
/// as six snorm16 (xx xy, xz yy, yz zz; low half first), the DC colour as RGB of 11, 11 and 10 bits
/// from the top over -1 to 3. Then the SH coefficients in order, RGB of 11, 11 and 10 bits about
/// 1024, 1024 and 512, times shScale / 1023 (1023, 511).
struct PackedFrame {
  std::vector<std::uint32_t> texels;  ///< whole rows of kSplatsPerRow splats
  std::vector<float> means;           ///< 3n, for sorting
  std::size_t count = 0;
  float shScale = 0;  ///< the largest coefficient
};

/// Packs `cloud`, using the memory that `frame` has.
void packFrame(const GaussianCloud& cloud, PackedFrame& frame);

}  // namespace volpress::player
