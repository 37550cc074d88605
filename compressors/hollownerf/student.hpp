// A field with smaller tables that stands for a larger one.
#pragma once

#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::hollownerf {

/// `field` with its tables halved `halvings` times; levels that still fit stay as they are. A
/// hash's index in the smaller table is what is left of it modulo that table's size, so each entry
/// is the mean, weighted by `sensitivity` (of all parameters), of those that fall on it.
/// InvalidParameter where fewer than 2^8 entries would be left, or the grid is not hashed.
[[nodiscard]] Result<HashGridField> shrunken(const HashGridField& field, unsigned halvings,
                                             const FloatArray& sensitivity);

}  // namespace volpress::hollownerf
