// The chunked PLY of PlayCanvas and SuperSplat.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// 16 bytes a splat, quantised within the bounds of chunks of 256, plus a byte per SH coefficient.
/// Reads both chunk layouts (with and without colour bounds); writes in Morton order.
[[nodiscard]] const Format& compressedPlyFormat();

}  // namespace volpress::formats
