// Small hash-grid fields.
#pragma once

#include <functional>

#include "scene/types/hash_grid_field.hpp"

namespace volpress::testing {

/// A few hundred parameters, without occupancy.
[[nodiscard]] HashGridField tinyField();

/// Random features and networks with a ball of occupied cells around the middle: smooth enough to
/// be drawn, of no meaning.
[[nodiscard]] HashGridField randomField(unsigned aabbScale, std::uint32_t seed = 1);

/// An opaque ball around the middle, occupied throughout, with a pattern on its surface: a dense
/// level says what is inside, hashed ones give the colour.
[[nodiscard]] HashGridField solidBall();
inline constexpr float kBallRadius = 0.33F;

/// The bits of cells whose centres `isInside` (field's frame) accepts; coarser cascades cover finer
/// ones.
[[nodiscard]] std::vector<std::uint8_t> occupancyWhere(
    unsigned cascades, const std::function<bool(const std::array<float, 3>&)>& isInside);

}  // namespace volpress::testing
