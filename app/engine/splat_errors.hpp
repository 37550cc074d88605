// Where in a compressed scene its error sits: the error of pictures, carried back to the splats.
#pragma once

#include <memory>
#include <vector>

#include "app/engine/evaluate.hpp"

namespace volpress::engine {

/// For each splat of `result` the root mean squared error (R, G and B, 0..1) of the pixels that it
/// shows in, over the views of `reference`; each pixel weighs by the splat's alpha times the
/// transmittance before it, which is its weight in the picture. 0 for splats that no view shows.
/// Deterministic. Cancelled between views.
[[nodiscard]] Result<std::vector<float>> splatErrors(ReferencePictures& reference,
                                                     std::shared_ptr<const GaussianCloud> result,
                                                     MeasureContext& context);

}  // namespace volpress::engine
