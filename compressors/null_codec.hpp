// The null codec: what zstd alone makes of the raw floats. The yardstick of every table.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

/// Lossless. A container with one chunk an attribute, each the raw little-endian array:
/// "scene" (u64 count, u8 SH degree, u8 axis frame, u8 filter), "positions", "scales", "rotations",
/// "opacities", "sh0", "shN", and, when there are extra columns, "extras" (for each: u32 name
/// length, name, values).
[[nodiscard]] const Codec& nullCodec();

}  // namespace volpress::compressors
