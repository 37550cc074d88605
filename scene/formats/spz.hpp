// SPZ, Niantic's packed splats: reads versions 1 to 4, writes 3 and 4.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Axes: the numbers in a file are right-up-back, as its library writes them, unless a
/// coordinate-system record says otherwise. They are converted to the INRIA frame on reading and
/// back on writing, as current tools do. Write parameters: "version", "sh1_bits",
/// "sh_bits", "position_bits", "zstd_level".
[[nodiscard]] const Format& spzFormat();

}  // namespace volpress::formats
