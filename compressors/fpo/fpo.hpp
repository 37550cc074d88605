// Fourier PlenOctrees, FPO and FPO++ (Wang et al. 2022; Rabich et al. 2023), for sequences of
// octrees or grids: every leaf of the union of a segment's trees holds short series over time.
// Byte layout in FORMAT.md.
#pragma once

#include "compressors/voxels/voxel_codec.hpp"
#include "scene/types/fourier_tree.hpp"

namespace volpress::compressors {

[[nodiscard]] const VoxelSequenceCodec& fpoCodec();

/// The release's form of a whole sequence (formats/fourier_npz.hpp): FPO++'s own sums, or least
/// squares, by the codec's parameter "mode"; every leaf with as many terms as asked for. A period
/// is the whole sequence.
[[nodiscard]] Result<FourierTree> encodeFourierTree(const VoxelSource& source,
                                                    const ParamSet& params, RunContext& context);

}  // namespace volpress::compressors
