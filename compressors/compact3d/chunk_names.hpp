// The chunks of the codebooks, by group.
#pragma once

#include <array>

#include "compressors/compact3d/codebooks.hpp"

namespace volpress::compressors::compact3d {

inline constexpr std::array<const char*, kGroups> kBookChunks{
    "sh0-codebook", "shN-codebook", "scales-codebook", "rotations-codebook"};
inline constexpr std::array<const char*, kGroups> kIndexChunks{"sh0-index", "shN-index",
                                                               "scales-index", "rotations-index"};

}  // namespace volpress::compressors::compact3d
