// The stages of MesonGS from a cloud to the chunks of a file.
#pragma once

#include <vector>

#include "compressors/codec.hpp"
#include "compressors/container/container.hpp"
#include "compressors/mesongs/settings.hpp"

namespace volpress::compressors::mesongs {

/// The chunks of a file for a cloud of at least one splat that passes `validate`.
/// InvalidParameter when the settings need views and there are none that may be used. `overhead`:
/// bytes of the file without any chunk, which count towards a budget.
[[nodiscard]] Result<std::vector<Chunk>> encodeCloud(const GaussianCloud& cloud,
                                                     const Settings& settings, std::size_t overhead,
                                                     RunContext& context);

}  // namespace volpress::compressors::mesongs
