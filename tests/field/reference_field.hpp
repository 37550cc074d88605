// The field's equations in double precision, one place and one ray at a time: slow and plain.
#pragma once

#include <array>
#include <vector>

#include "scene/types/hash_grid_field.hpp"
#include "scene/types/image.hpp"

namespace volpress::testing {

struct ReferenceSample {
  double logit = 0;
  std::array<double, 3> raw{};  ///< colours before the logistic function
};

/// `place` 0..1 over the field's box; `gate` scales the features.
[[nodiscard]] ReferenceSample referenceSample(const HashGridField& field,
                                              const std::array<double, 3>& place,
                                              const std::array<double, 3>& direction,
                                              double gate = 1);

/// Colour and opacity of one ray, blended in code values over the field's background.
[[nodiscard]] std::array<double, 4> referenceRay(const HashGridField& field,
                                                 const std::array<double, 3>& origin,
                                                 const std::array<double, 3>& direction);

/// The picture of a camera in the field's frame.
[[nodiscard]] Image referencePicture(const HashGridField& field, const Camera& camera);

}  // namespace volpress::testing
