// Clips of voxel fields: encoding, decoding and measuring.
#pragma once

#include "app/engine/clip_files.hpp"
#include "app/engine/clip_quality.hpp"
#include "app/engine/clip_source.hpp"
#include "app/engine/voxel_files.hpp"

namespace volpress::engine {

/// As `encodeClip`, for the codecs of voxel sequences; `referenceBytes` is what the frames need as
/// plain arrays.
[[nodiscard]] Result<ClipEncodeReport> encodeVoxels(const ClipEncodeSpec& spec, TaskRunner& runner,
                                                    Progress& progress,
                                                    const std::stop_token& stop);

/// As `encodeVoxels` with the codec fpo, into FPO++'s own file (.npz): one period for all frames.
[[nodiscard]] Result<ClipEncodeReport> encodeFourierFile(const ClipEncodeSpec& spec,
                                                         TaskRunner& runner,
                                                         const std::stop_token& stop);

struct WrittenVoxels {
  std::size_t frames = 0;
  std::uint64_t bytes = 0;
};
/// Writes every frame of a source as frame_00000.npz, ... into a new folder.
[[nodiscard]] Result<WrittenVoxels> writeVoxels(const compressors::VoxelSource& source,
                                                const std::filesystem::path& folder,
                                                TaskRunner& runner, Progress& progress,
                                                const std::stop_token& stop);

/// Draws every frame of both from the same views. InvalidParameter unless both have as many frames.
[[nodiscard]] Result<ClipQuality> evaluateVoxels(const std::filesystem::path& reference,
                                                 const std::filesystem::path& clip,
                                                 const std::string& views, TaskRunner& runner,
                                                 Progress& progress, const std::stop_token& stop);

/// What is in a voxel clip.
struct VoxelClipFacts {
  compressors::ClipInfo info;
  const compressors::VoxelSequenceCodec* codec = nullptr;
  std::uint64_t bytes = 0;
  std::vector<ClipPiece> pieces;              ///< the segments that are there
  std::vector<formats::ByteShare> breakdown;  ///< layers, and what all segments share
};
[[nodiscard]] Result<VoxelClipFacts> describeVoxelClip(const std::filesystem::path& path);

}  // namespace volpress::engine
