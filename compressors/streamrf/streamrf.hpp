// StreamRF (Li et al. 2022, "Streaming Radiance Fields for 3D Video Synthesis") for sequences of
// sparse voxel grids: a first grid, then what changed. Byte layout in FORMAT.md.
#pragma once

#include "compressors/voxels/voxel_codec.hpp"

namespace volpress::compressors {

/// Profile `paper` codes the release's differences (formats/grid_delta.hpp), deflated; `dense`
/// quantises and entropy-codes, decides by what a vertex shows, and follows pure density changes.
[[nodiscard]] const VoxelSequenceCodec& streamrfCodec();

}  // namespace volpress::compressors
