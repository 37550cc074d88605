// The float PLY of 3-D Gaussian Splatting (Kerbl et al. 2023), in every dialect seen in the wild.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Reads ASCII and binary PLY of either byte order with columns found by name; writes
/// little-endian floats. Unknown numeric columns become `GaussianCloud::extras` and are written
/// back. Write parameter: "normals" (zero nx ny nz columns, as viewers with a fixed layout expect).
[[nodiscard]] const Format& plyFormat();

}  // namespace volpress::formats
