// From a trained scene to the chunks of its points.
#pragma once

#include <vector>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "compressors/sags/settings.hpp"

namespace volpress::compressors::sags {

/// The chunks of a compressed scene of at least one splat. Learns from `context.photos` if there
/// are any, else from pictures of the original.
[[nodiscard]] Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud,
                                                     const Settings& settings, RunContext& context);

}  // namespace volpress::compressors::sags
