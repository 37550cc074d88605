// A ray through a hash-grid field.
#pragma once

#include <array>

namespace volpress::renderer {

/// In the field's frame; `direction` is of unit length.
struct FieldRay {
  std::array<float, 3> origin{};
  std::array<float, 3> direction{};
};

}  // namespace volpress::renderer
