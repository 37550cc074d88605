// Voxel fields and sequences of them: opening files, folders and clips, and views of them.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "compressors/voxels/voxel_codec.hpp"
#include "scene/types/camera.hpp"

namespace volpress::engine {

/// Whether a path is a voxel field (.npz of svox2 or svox), a folder of numbered ones
/// (frame_00000.npz, ...; or 0/octrees/tree.npz, ...), a Fourier PlenOctree as FPO++ saves it
/// (.npz), or a clip of a voxel codec.
[[nodiscard]] bool isVoxelScene(const std::filesystem::path& path);
/// The last three of these.
[[nodiscard]] bool isVoxelSequence(const std::filesystem::path& path);
[[nodiscard]] bool isVoxelClip(const std::filesystem::path& path);

/// The frames of any of them; decodes none but of a clip the segment that is asked for. A folder
/// of StreamRF's is its first grid and the differences (grid_delta.hpp) that follow it: those are
/// applied in order.
[[nodiscard]] Result<std::unique_ptr<compressors::VoxelSource>> openVoxelSource(
    const std::filesystem::path& path);

struct LoadedVoxels {
  std::shared_ptr<const VoxelField> field;
  std::string formatId;  ///< "npz" or "dgsv"
  std::uint64_t fileBytes = 0;
  std::size_t frameCount = 1;
  std::vector<std::string> warnings;
};
/// One frame of it.
[[nodiscard]] Result<LoadedVoxels> loadVoxels(const std::filesystem::path& path, std::size_t frame,
                                              TaskRunner& runner, const std::stop_token& stop);
/// Bytes of the file, or of all frames of a folder.
[[nodiscard]] Result<std::uint64_t> voxelFileBytes(const std::filesystem::path& path);
/// "svox2 grid of 128 x 128 x 128 vertices, 3 % of them set".
[[nodiscard]] std::string voxelWords(const VoxelField& field);
/// How many rows or leaves have values, and what they are.
[[nodiscard]] std::string_view voxelUnit(const VoxelField& field);

/// "auto" (orbit:8), "orbit:N", or a file or folder with cameras. Pictures of `side` pixels for
/// orbits; others are made smaller until no side is longer.
[[nodiscard]] Result<ViewSet> makeVoxelViews(std::string_view spec, const VoxelField& field,
                                             std::size_t side);
/// A view of all that is occupied, z up.
[[nodiscard]] Camera voxelHomeCamera(const VoxelField& field, std::size_t width,
                                     std::size_t height);

inline constexpr std::size_t kVoxelMeasureSide = 128;

}  // namespace volpress::engine
