// Comparing codecs on a moving voxel field.
#pragma once

#include <string_view>
#include <vector>

#include "app/engine/compare.hpp"

namespace volpress::engine {

/// "id[:preset],..." of the codecs of voxel fields; empty: each with its defaults, and StreamRF as
/// in the paper. InvalidParameter names what is unknown and what there is.
[[nodiscard]] Result<std::vector<CodecChoice>> parseVoxelChoices(std::string_view text);

/// As `runClipCompare`, for a folder of voxel fields: encodes each way, measures every frame, and
/// writes `spec.folder` whole, or leaves nothing. `spec.views` as for makeVoxelViews; "auto" is
/// four views.
[[nodiscard]] Result<Report> runVoxelCompare(const CompareSpec& spec, const CompareRun& run);

}  // namespace volpress::engine
