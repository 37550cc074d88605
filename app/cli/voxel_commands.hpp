// What the commands do when they are given voxel fields, or sequences of them.
#pragma once

#include <array>
#include <optional>
#include <string>

#include "app/cli/clip_commands.hpp"
#include "app/cli/command.hpp"
#include "app/cli/drawn_picture.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/sample_voxels.hpp"

namespace volpress::cli {

/// volpress info FIELD|FOLDER|CLIP
[[nodiscard]] Result<void> voxelInfo(const std::string& path, const CommonOptions& common,
                                     Console& console);

struct VoxelPicture {
  std::string input;
  std::string output;
  std::size_t frame = 0;
  std::array<float, 3> background{};
  PictureCamera from;
};
/// volpress render FIELD|FOLDER|CLIP
[[nodiscard]] Result<void> voxelRender(const VoxelPicture& picture, const CommonOptions& common,
                                       Console& console);

/// volpress encode FOLDER -o CLIP.dgsv --codec streamrf|fpo
[[nodiscard]] Result<void> voxelEncode(const ClipEncodeOptions& options,
                                       const CommonOptions& common, Console& console);
/// volpress decode CLIP.dgsv -o FOLDER, volpress convert FIELD -o FOLDER
[[nodiscard]] Result<void> voxelDecode(const std::string& input, const std::string& folder,
                                       const CommonOptions& common, Console& console);
/// volpress evaluate FOLDER CLIP.dgsv
[[nodiscard]] Result<void> voxelEvaluate(const std::string& reference, const std::string& clip,
                                         const std::string& views, const CommonOptions& common,
                                         Console& console);
/// volpress sample voxels -o FOLDER
[[nodiscard]] Result<void> voxelSample(const VoxelSampleOptions& options, const std::string& folder,
                                       const CommonOptions& common, Console& console);

}  // namespace volpress::cli
