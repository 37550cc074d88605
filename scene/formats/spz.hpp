// SPZ, Niantic's packed splats: reads versions 1 to 4, writes 3 and 4.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Axes: the library that defines the format means right-up-back, but real files hold the numbers
/// of their source unchanged as well as converted ones, and nothing tells them apart. Numbers are
/// therefore read and written unchanged (the INRIA frame) unless a coordinate-system record says
/// what they are: then they are converted to it once. Clouds in another frame are written with such
/// a record. Write parameters: "version", "sh1_bits", "sh_bits", "position_bits", "zstd_level".
[[nodiscard]] const Format& spzFormat();

}  // namespace volpress::formats
