// The chunks of both layouts.
#pragma once

namespace volpress::compressors::compact3dgs {

inline constexpr const char* kPositionsChunk = "positions";
inline constexpr const char* kOpacitiesChunk = "opacities";
inline constexpr const char* kColorsChunk = "sh0";
inline constexpr const char* kScaleBooksChunk = "scales-codebook";
inline constexpr const char* kScaleIndexChunk = "scales-index";
inline constexpr const char* kRotationBooksChunk = "rotations-codebook";
inline constexpr const char* kRotationIndexChunk = "rotations-index";
inline constexpr const char* kGridChunk = "color-grid";
inline constexpr const char* kNetworkChunk = "color-network";

}  // namespace volpress::compressors::compact3dgs
