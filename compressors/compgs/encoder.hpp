// From a trained scene to the chunks of its anchors.
#pragma once

#include <vector>

#include "compressors/codec.hpp"
#include "compressors/compgs/settings.hpp"
#include "compressors/container/container.hpp"

namespace volpress::compressors::compgs {

/// The chunks of a compressed scene of at least one splat. Learns from `context.photos` if there
/// are any, else from pictures of the original.
[[nodiscard]] Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud,
                                                     const Settings& settings, RunContext& context);

}  // namespace volpress::compressors::compgs
