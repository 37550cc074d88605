// The attribute arrays of SPZ: quantised bytes to raw-domain floats and back.
#pragma once

#include <array>

#include "scene/base/bytes.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/axes.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

/// What the arrays of a file depend on.
struct SpzLayout {
  std::uint32_t version = 4;  ///< 1..4
  std::uint32_t count = 0;
  unsigned shDegree = 0;         ///< 0..4
  unsigned fractionalBits = 12;  ///< 0..23: a position is its integer / 2^fractionalBits
  bool antialiased = false;
  bool doubledOpacity = false;  ///< Spark's LOD files: 255 stands for an opacity of 2
};

/// The arrays in the order in which every version stores them.
enum class SpzArray : std::uint8_t { Positions, Alphas, Colours, Scales, Rotations, Sh };
inline constexpr std::size_t kSpzArrays = 6;

/// Bytes of one array: count times 6 or 9 (positions; 6 in version 1), 1, 3, 3, 3 or 4 (rotations;
/// 4 from version 3 on), 3 * shRestCount.
[[nodiscard]] std::uint64_t spzArrayBytes(const SpzLayout& layout, SpzArray array) noexcept;
/// All of them.
[[nodiscard]] std::uint64_t spzRawBytes(const SpzLayout& layout) noexcept;

using SpzArrayViews = std::array<ByteView, kSpzArrays>;

/// The cloud of complete arrays, with the axes turned by `signs` from those of the file. Everything
/// is finite but the half-float positions of version 1.
[[nodiscard]] GaussianCloud decodeSpzArrays(const SpzLayout& layout, const SpzArrayViews& arrays,
                                            const AxisSigns& signs, TaskRunner& runner);

/// How finely SH coefficients are kept: bits left of the 8, 1..8.
struct SpzShBits {
  unsigned band1 = 5;
  unsigned above = 4;
};

/// The arrays of version 2, 3 or 4 one after another in one buffer of spzRawBytes, with the axes
/// turned by `signs` to those of the file. Positions beyond 24 bits, colours, scales and SH beyond
/// their range are clamped.
[[nodiscard]] Bytes encodeSpzArrays(const SpzLayout& layout, const GaussianCloud& cloud,
                                    const AxisSigns& signs, SpzShBits bits, TaskRunner& runner);

/// The arrays inside such a buffer.
[[nodiscard]] SpzArrayViews splitSpzArrays(const SpzLayout& layout, ByteView raw);

/// One quaternion (w,x,y,z; any length but zero) as version 2 keeps it: x,y,z of the unit
/// quaternion whose w is not negative, -1..1 as bytes.
[[nodiscard]] std::array<std::byte, 3> packSpzRotation3(const float* wxyz) noexcept;
/// One quaternion (w,x,y,z; any length but zero) as smallest three: index of the largest of
/// x,y,z,w in the top two bits, then the others with sign and 9 bits of magnitude each.
[[nodiscard]] std::uint32_t packSpzRotation(const float* wxyz) noexcept;
/// The unit quaternion w,x,y,z of such a word.
[[nodiscard]] std::array<float, 4> unpackSpzRotation(std::uint32_t word) noexcept;

}  // namespace volpress::formats
