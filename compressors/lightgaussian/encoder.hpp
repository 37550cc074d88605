// The chain of LightGaussian: score, prune, cut the SH degree, recover colours, quantise.
#pragma once

#include <vector>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "compressors/lightgaussian/settings.hpp"

namespace volpress::compressors::lightgaussian {

/// The chunks of a cloud that is not empty. The context's rasterizer and views may be absent where
/// no stage needs them.
[[nodiscard]] Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud,
                                                     const Settings& settings, RunContext& context);

}  // namespace volpress::compressors::lightgaussian
