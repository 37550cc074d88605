// Writing the float PLY in blocks.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// Hands a little-endian float PLY to `sink` in blocks of some megabytes. The cloud must pass
/// `validate`.
[[nodiscard]] Result<void> writePly(const GaussianCloud& cloud, bool normals, IoContext& context,
                                    const ByteSink& sink);

}  // namespace volpress::formats
