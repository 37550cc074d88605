// From shaded surfels to the splats of a cloud.
#pragma once

#include <cstddef>

#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/sample_light.hpp"

namespace volpress::sample {

/// Writes splat `i` of a cloud with SH 3 that is large enough.
void writeSplat(const Surfel& surfel, const ShColour& colour, std::size_t i, GaussianCloud& cloud);

}  // namespace volpress::sample
