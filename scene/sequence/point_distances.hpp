// Typical distances in a set of points.
#pragma once

#include <cstddef>

#include "scene/base/float_array.hpp"

namespace volpress {

/// The median distance to the nearest other point, over some thousand evenly picked ones; 0 for
/// fewer than two points. `points` holds 3n numbers.
[[nodiscard]] double medianNeighbourDistance(const FloatArray& points);

/// The median of |b_(i+shift mod n) - a_i| over some thousand evenly picked i. Both hold 3n
/// numbers.
[[nodiscard]] double medianDistance(const FloatArray& a, const FloatArray& b, std::size_t shift);

}  // namespace volpress
