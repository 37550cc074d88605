// The stages of Compact 3DGS from a cloud to the chunks of a file.
#pragma once

#include <vector>

#include "compressors/codec.hpp"
#include "compressors/compact3dgs/settings.hpp"
#include "compressors/container/container.hpp"

namespace volpress::compressors::compact3dgs {

/// The chunks of a file for a cloud of at least one splat that passes `validate`.
/// InvalidParameter when the settings need views and there are none that may be used.
[[nodiscard]] Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud,
                                                     const Settings& settings, RunContext& context);

}  // namespace volpress::compressors::compact3dgs
