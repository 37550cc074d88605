// StreamRF's difference between two grids (Li et al. 2022, "Streaming Radiance Fields for 3D Video
// Synthesis"; code AlgoHunt/StreamRF, grid_delta_full_z/<frame>.npz).
//
// The release saves one entry, arr_0.npy: a pickle of a dictionary of arrays. The same arrays as
// entries of their own (mask_next.npy, ...), which is what is written here, are read as well.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/formats/zip_archive.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress::formats {

/// All values are binary16: of new vertices, and of vertices that stay and are replaced; in C
/// order.
struct GridDelta {
  Bytes maskNext;  ///< a bit a vertex of the grid, top bit first, C order: occupied now
  Bytes maskKeep;  ///< a bit a vertex that stays: its values are replaced
  std::vector<std::uint16_t> additionDensity, additionSh, keepDensity, keepSh;

  /// Without deflate: the masks and the values.
  [[nodiscard]] std::uint64_t plainBytes() const noexcept {
    return maskNext.size() + maskKeep.size() +
           2 * (additionDensity.size() + additionSh.size() + keepDensity.size() + keepSh.size());
  }
};

/// The release's thresholds on sums over a vertex' harmonics: new ones below `prune` are left out,
/// those that stay are replaced above `keep` (N3DV: 0.2 and 1.0; Meet Room: 0.3 and 1.5).
struct DeltaThresholds {
  float prune = 0.2F;
  float keep = 1.0F;
};

/// What leads from `before` to `next`; both of the same resolution and basis, else
/// InvalidParameter. Without `before` all of `next` is new and nothing is left out.
[[nodiscard]] Result<GridDelta> makeDelta(const VoxelGrid* before, const VoxelGrid& next,
                                          const DeltaThresholds& thresholds);
/// The grid after `before`. CorruptData when masks and lengths disagree, or a value is not finite.
/// `before` may have no rows: then it says box, resolution and basis only.
[[nodiscard]] Result<VoxelGrid> applyDelta(const VoxelGrid& before, const GridDelta& delta);

[[nodiscard]] Result<Bytes> writeDelta(const GridDelta& delta, ZipPacking packing);
[[nodiscard]] bool isDeltaFile(ByteView file);
/// From untrusted bytes, in either form.
[[nodiscard]] Result<GridDelta> readDelta(ByteView file);

}  // namespace volpress::formats
