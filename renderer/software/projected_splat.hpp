// What the stages of the software rasteriser hand to each other.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include "renderer/rasterizer.hpp"
#include "scene/base/large_pages.hpp"

namespace volpress::renderer {

inline constexpr std::uint32_t kTileSize =
    16;  ///< pixels a side; a tile row fills one AVX-512 lane set
inline constexpr std::size_t kTilePixels = std::size_t{kTileSize} * kTileSize;

/// Largest picture side and area that are drawn, so that tile coordinates fit 16 bits and a
/// mistyped size is an error message instead of an exhausted machine.
inline constexpr std::size_t kMaxPictureSide = 32768;
inline constexpr std::size_t kMaxPicturePixels = std::size_t{1} << 27;

/// Added to the exponent at which alpha falls to 1/255, so that extents computed in float always
/// enclose the pixels that pass the exact test.
inline constexpr float kReachSlack = 1e-4F;

/// An array whose resize leaves new elements uninitialised, on large pages: splats are read in
/// depth order, which is random in memory, and would miss the address cache at nearly every step.
template <typename T>
using Uninitialised = std::vector<T, LargePageAllocator<T>>;

/// A splat as seen by one camera. With d = pixel centre - (u, v),
/// alpha = opacity * 2^-((s dx + t dy)^2 + (w dy)^2): the conic in Cholesky form, which is never
/// negative and loses no digits on needles as the expanded quadratic does. One cache line, since
/// tiles read them in random order.
struct alignas(64) ProjectedSplat {
  float u, v;     ///< pixels
  float s, t, w;  ///< 1/pixels
  float reach;    ///< log2(255 opacity) + slack: where the exponent above ends the splat
  float opacity;  ///< after the antialiasing factor
  std::array<float, 3> color;
  std::uint32_t index;                                     ///< in the cloud
  std::uint16_t tileLeft, tileTop, tileRight, tileBottom;  ///< inclusive
  float halfHeight;  ///< pixels, of the ellipse `reach` bounds
};
static_assert(sizeof(ProjectedSplat) == 64);

inline constexpr float kLargestLogScale =
    40;  ///< larger ones count as this: e^40 squared fits a float

inline constexpr std::size_t kProjectionLanes = 16;

/// A cloud with activated, camera-independent values, structure of arrays. Arrays are padded with
/// invisible splats to a multiple of kProjectionLanes.
class SoftwareCloud final : public PreparedCloud {
public:
  [[nodiscard]] std::size_t count() const noexcept override { return source->count; }

  std::shared_ptr<const GaussianCloud> source;
  std::array<FloatArray, 3> mean;
  std::array<FloatArray, 9> axes;  ///< rotation * diag(scale), row-major: covariance = axes axes^T
  FloatArray opacity;
  FloatArray reach;  ///< log2(255 opacity) + slack; negative where the splat can never be seen
};

/// Inclusive-exclusive rectangle of tiles.
struct TileArea {
  std::uint32_t left, top, right, bottom;
  [[nodiscard]] std::size_t tiles() const noexcept {
    return std::size_t{right - left} * (bottom - top);
  }
};

}  // namespace volpress::renderer
