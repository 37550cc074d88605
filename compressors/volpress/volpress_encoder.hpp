// A scene to the chunks of a file of layers.
#pragma once

#include <vector>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "compressors/volpress/volpress_settings.hpp"

namespace volpress::compressors::own {

/// Measures or guesses what shows, finds the slope that the wanted quality asks for, removes what
/// is not worth its bytes, and writes the rest. `cloud` passes `validate` and is not empty.
[[nodiscard]] Result<std::vector<Chunk>> encodeLayers(const GaussianCloud& cloud,
                                                      const VolpressSettings& settings,
                                                      RunContext& context);

}  // namespace volpress::compressors::own
