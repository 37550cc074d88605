// Morton (Z-curve) order of points.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/task_runner.hpp"

namespace volpress {

/// Spreads the low 21 bits of each coordinate and interleaves them: bit 3i of the code is bit i of
/// x, 3i+1 of y, 3i+2 of z.
[[nodiscard]] std::uint64_t mortonCode(std::uint32_t x, std::uint32_t y, std::uint32_t z) noexcept;
/// The inverse of mortonCode.
struct MortonPoint {
  std::uint32_t x, y, z;
};
[[nodiscard]] MortonPoint mortonPoint(std::uint64_t code) noexcept;

/// The permutation that puts points (3n floats, finite) into Morton order over their own bounds,
/// 21 bits an axis; equal codes keep their order. The same on any number of threads.
[[nodiscard]] std::vector<std::uint32_t> mortonOrder(std::span<const float> positions,
                                                     TaskRunner& runner);

/// Stable LSD radix sort of keys; returns the permutation that sorts them.
[[nodiscard]] std::vector<std::uint32_t> sortedOrder(std::span<const std::uint64_t> keys);

}  // namespace volpress
