// A static scene of 3-D Gaussians, as trained: raw domain, structure of arrays.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"

namespace volpress {

/// Number of SH coefficients above band 0, per colour channel: 0, 3, 8, 15, 24 for degree 0..4.
[[nodiscard]] constexpr std::size_t shRestCount(unsigned degree) noexcept {
  return static_cast<std::size_t>(degree + 1) * (degree + 1) - 1;
}
inline constexpr unsigned kMaxShDegree = 4;

/// The constant of SH band 0: colour = 0.5 + kSh0 * dc.
inline constexpr float kSh0 = 0.28209479177387814F;

/// Which way +X, +Y, +Z point. Clouds are kept in the frame they were trained in.
enum class AxisFrame : std::uint8_t {
  RightDownForward,  ///< INRIA / COLMAP: up is -Y
  RightUpBack,       ///< SPZ
  LeftUpForward,     ///< glTF
};

/// The screen-space filter of the training run; both sides of a comparison use their own.
enum class FilterMode : std::uint8_t {
  Default,      ///< 0.3 px^2 added to the 2-D covariance
  Antialiased,  ///< the same, with opacity scaled by sqrt(det before / det after) (Mip-Splatting)
};

/// A column of the source file that no part of the program interprets; kept for PLY round trips.
struct ExtraColumn {
  std::string name;
  FloatArray values;  ///< n
};

/// n = count. All arrays are tightly packed float32 in the raw domain (before activations).
struct GaussianCloud {
  std::size_t count = 0;
  unsigned shDegree = 0;     ///< 0..kMaxShDegree
  FloatArray means;          ///< 3n: xyz, scene units
  FloatArray logScales;      ///< 3n: natural log of the standard deviation, scene units
  FloatArray rotations;      ///< 4n: quaternion w,x,y,z; any length but zero
  FloatArray opacityLogits;  ///< n: before the sigmoid
  FloatArray shDc;           ///< 3n: band 0 per channel; colour = 0.5 + kSh0 * dc + bands above
  FloatArray shRest;         ///< 3kn, k = shRestCount(shDegree): [splat][coefficient][RGB]
  AxisFrame frame = AxisFrame::RightDownForward;
  FilterMode filter = FilterMode::Default;
  std::vector<ExtraColumn> extras;
};

/// Sets count and degree and sizes every array (new elements uninitialised, extras dropped).
void resizeCloud(GaussianCloud& cloud, std::size_t count, unsigned shDegree);

/// Lengths agree, degree in range, every number finite, no zero quaternion. CorruptData names the
/// array, the first bad splat and its value. Run after every import and decode.
[[nodiscard]] Result<void> validate(const GaussianCloud& cloud);

/// What `sanitise` changed.
struct SanitiseReport {
  std::size_t removed = 0;            ///< splats with a NaN or an infinite mean or scale of +inf
  std::size_t clamped = 0;            ///< infinite opacities, scales of -inf
  std::size_t identityRotations = 0;  ///< zero or non-finite quaternions replaced by identity
};

/// Makes any imported cloud pass `validate`: removes what cannot be drawn (NaN anywhere, infinite
/// mean, scale of +inf), clamps opacity logits to +-kOpacityLogitLimit where infinite, log scales
/// of -inf to kMinLogScale, and zero quaternions to identity.
SanitiseReport sanitise(GaussianCloud& cloud);
inline constexpr float kMinLogScale = -20.0F;
inline constexpr float kOpacityLogitLimit = 13.815511F;  ///< logit(1 - 1e-6)

/// A cloud of the splats `indices` (each < count), in that order; extras follow.
[[nodiscard]] GaussianCloud gatherSplats(const GaussianCloud& cloud,
                                         std::span<const std::uint32_t> indices);

/// The same splats with SH cut (or zero-extended) to `degree`.
[[nodiscard]] GaussianCloud withShDegree(const GaussianCloud& cloud, unsigned degree);

/// Axis-aligned bounds of the means; all zero for an empty cloud.
struct Bounds {
  std::array<float, 3> min{};
  std::array<float, 3> max{};
};
[[nodiscard]] Bounds meanBounds(const GaussianCloud& cloud);

/// Bytes of the float PLY (with normals, as 3DGS writes it) of the same SH degree: 248 n at degree
/// 3. The denominator of every ratio that is shown.
[[nodiscard]] std::uint64_t floatPlyBytes(std::size_t count, unsigned shDegree) noexcept;

}  // namespace volpress
