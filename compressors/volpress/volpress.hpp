// The house codec: every number of every splat as fine as the pictures show it.
#pragma once

#include "compressors/codec.hpp"

namespace volpress::compressors {

/// Byte layout in FORMAT.md.
[[nodiscard]] const Codec& volpressCodec();

}  // namespace volpress::compressors
