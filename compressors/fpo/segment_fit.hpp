// The leaves of a segment and what each of them is over time.
#pragma once

#include "compressors/fpo/leaf_model.hpp"
#include "compressors/voxels/voxel_codec.hpp"

namespace volpress::compressors::fpo {

struct SegmentFit {
  TreeShape shape;  ///< all frames' branches, nodes breadth first; box of the first frame
  std::vector<TreeLeaf> leaves;
  std::vector<LeafModel> models;  ///< a leaf
  std::vector<float> centers;     ///< 3 a frame
  unsigned basis = 9;
};

/// The same branches, nodes numbered breadth first.
[[nodiscard]] TreeShape breadthFirst(const TreeShape& shape);

/// Loads frames and fits every leaf. Grids become octrees of `depthLimit` first (0: as fine as the
/// grid). InvalidParameter when scales or bases of the frames differ. The same on any number of
/// threads.
[[nodiscard]] Result<SegmentFit> fitSegment(const VoxelSource& source, std::size_t firstFrame,
                                            std::size_t frameCount, unsigned depthLimit,
                                            const LeafOptions& options, RunContext& context);

/// A frame as an octree.
[[nodiscard]] Result<VoxelTree> loadTree(const VoxelSource& source, std::size_t index,
                                         unsigned depthLimit, RunContext& context);

/// The release's form of a fit whose leaves have as many terms as asked for (not mode Adaptive).
[[nodiscard]] FourierTree fourierTreeOf(const SegmentFit& fit, const LeafOptions& options);

}  // namespace volpress::compressors::fpo
