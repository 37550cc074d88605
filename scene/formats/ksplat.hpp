// .ksplat, the format of mkkellogg's GaussianSplats3D viewer, read only: the project is frozen.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Versions 0.1 and later, compression levels 0 to 2, SH degree 0 to 3. Numbers are those of the
/// INRIA PLY's axes.
[[nodiscard]] const Format& ksplatFormat();

}  // namespace volpress::formats
