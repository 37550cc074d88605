// Meshes that move, as clips: the animations of one file, or a folder of numbered mesh files.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "app/engine/clip_source.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/scene_model.hpp"

namespace volpress::engine {

/// The animations of a mesh, one chapter after the other; the last key of each, which is the first
/// one of its next round, is left out. Null where none moves what is shown, or `model` is no mesh.
[[nodiscard]] std::shared_ptr<const ClipSource> makeAnimationClip(
    std::shared_ptr<const SceneModel> model);

/// The files of such a folder as frames, 30 a second. Errors as of `findNumberedFiles`.
[[nodiscard]] Result<std::shared_ptr<const ClipSource>> openMeshFolder(
    const std::filesystem::path& path);

}  // namespace volpress::engine
