// Scattering rows of little-endian floats into the arrays of a cloud.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

/// What rows showed on the way past: the largest magnitudes as float bits, which order like the
/// magnitudes themselves, NaN above infinity.
struct RowCheck {
  std::uint32_t farthest = 0;  ///< of the positions
  std::uint32_t largest = 0;   ///< of everything else but extras
  bool badRotation = false;    ///< a length of zero, or one that is not finite

  void merge(const RowCheck& other) {
    farthest = std::max(farthest, other.farthest);
    largest = std::max(largest, other.largest);
    badRotation = badRotation || other.badRotation;
  }
  /// Whether the splats pass `validate` as they are.
  [[nodiscard]] bool clean() const {
    constexpr std::uint32_t kInfinity = 0x7F800000;
    return std::max(farthest, largest) < kInfinity && !badRotation;
  }
};

/// Where in a row the numbers of a splat stand.
struct RowLayout {
  std::size_t stride = 0;            ///< bytes from row to row
  std::vector<std::size_t> offsets;  ///< bytes, in the order of PlyTarget
  bool planarRest = false;           ///< SH rest is one run of channel-major floats, as 3DGS writes
};

[[nodiscard]] RowLayout makeRowLayout(std::size_t stride, std::vector<std::size_t> offsets,
                                      unsigned shDegree);

/// Fills splats [begin, end) of a cloud whose arrays are sized. `rows` is the row of splat `begin`.
RowCheck decodeRows(GaussianCloud& cloud, const std::byte* rows, const RowLayout& layout,
                    std::size_t begin, std::size_t end);

}  // namespace volpress::formats
