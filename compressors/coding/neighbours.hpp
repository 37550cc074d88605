// Which earlier row of a Morton-ordered set lies nearest.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/task_runner.hpp"

namespace volpress::coding {

/// A point on an integer grid of at most 21 bits an axis.
struct GridPoint {
  std::uint32_t x = 0, y = 0, z = 0;
  friend bool operator==(const GridPoint&, const GridPoint&) = default;
};

/// For each point the index of the nearest one among the kNeighbourWindow before it (ties to the
/// later one); 0 for the first. Points in Morton order find most of their true neighbours so.
[[nodiscard]] std::vector<std::uint32_t> nearestEarlier(std::span<const GridPoint> points,
                                                        TaskRunner& runner);

inline constexpr std::size_t kNeighbourWindow = 32;

}  // namespace volpress::coding
