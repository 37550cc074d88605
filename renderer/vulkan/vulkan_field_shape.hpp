// What shaders are told of a field's shape.
#pragma once

#include "scene/base/result.hpp"
#include "scene/types/hash_grid_field.hpp"
#include "shaders/shared/field_layout.h"

namespace volpress::renderer {

/// Everything but the picture and its camera, which are 0.
[[nodiscard]] layout::FieldConstants fieldConstants(const HashGridField& shape);

/// InvalidParameter for layers wider than VP_FIELD_WIDTH.
[[nodiscard]] Result<void> checkFieldWidths(const HashGridField& field);

}  // namespace volpress::renderer
