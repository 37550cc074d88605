// Voxel fields as svox2 (Plenoxels) and svox (PlenOctree) save them: .npz.
//
// svox2: radius f32[3], center f32[3], links i32[X,Y,Z] (below 0: empty, else the row),
// density_data f32[n,1], sh_data f16[n,3b], basis_type (1: spherical harmonics); old ones have
// `data` f[n,3b+1], density first. svox: child i32[n,2,2,2], parent_depth i32[n,2], invradius3
// f32[3] (or invradius), offset f32[3], depth_limit, data f16[n,2,2,2,3b+1], data_format "SH9".
#pragma once

#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/npy.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress::formats {

/// Whether a file is a .npz that holds a voxel field: looks at its names.
[[nodiscard]] bool isVoxelFile(ByteView file);
/// Reads one. What is left out (a background of spheres) is said in `warnings`. UnsupportedVersion
/// for learned bases and for colours of a palette; CorruptData for links, branches or lengths that
/// do not fit. The result passes `validate`.
[[nodiscard]] Result<VoxelField> readVoxelFile(ByteView file, std::vector<std::string>& warnings);
/// Writes a grid for svox2, a tree for svox. Harmonics become binary16, densities of a tree too.
[[nodiscard]] Result<Bytes> writeVoxelFile(const VoxelField& field,
                                           ZipPacking packing = ZipPacking::Deflated);

/// The branches and the box of a PlenOctree, which Fourier PlenOctrees have in common with it.
[[nodiscard]] Result<TreeShape> readTreeShape(const NpzFile& file);
void writeTreeShape(const TreeShape& shape, NpzWriter& writer);

}  // namespace volpress::formats
