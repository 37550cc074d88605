// Splats as planes of whole numbers, and back.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::v3 {

/// Of the format; all of the codec's part of INIT.
inline constexpr std::uint8_t kVersion = 1;

/// Position x y z, DC red green blue, opacity, scale x y z, rotation w x y z.
inline constexpr std::size_t kPlanes = 14;
enum class PlaneGroup : std::uint8_t { Position, Color, Opacity, Scale, Rotation };
[[nodiscard]] PlaneGroup groupOf(std::size_t plane) noexcept;

/// The numbers of a plane, of rows `order` of a cloud: positions and DC as they are, opacity after
/// the sigmoid, log scales, unit quaternions. `before` holds the plane's rotations of the frame
/// before, so that signs do not jump (empty: the largest part is positive).
[[nodiscard]] std::array<std::vector<float>, kPlanes> planesOf(
    const GaussianCloud& cloud, std::span<const std::uint32_t> order,
    std::span<const std::vector<float>> before);

/// Ranges of a group of frames: value = low + step * number.
struct PlaneRanges {
  std::array<float, kPlanes> low{}, step{};
};
[[nodiscard]] Result<PlaneRanges> readRanges(ByteReader& reader);

/// Puts a plane's numbers into a cloud that has been sized; `pixels` are where splats lie.
void takePlane(std::size_t plane, std::span<const std::int32_t> picture,
               std::span<const std::uint32_t> pixels, const PlaneRanges& ranges,
               GaussianCloud& cloud);

/// Makes quaternions unit.
void finishRotations(GaussianCloud& cloud);

}  // namespace volpress::compressors::v3
