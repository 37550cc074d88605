// Moving sample scenes made of a mesh: splats on its surface, which its animation carries along.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>

#include "scene/sequence/sample_clip.hpp"

namespace volpress::engine {

/// A sample clip of `options.splats` Gaussians on the surface of a mesh file. They follow its first
/// animation (over and over), each with the triangle that it lies on, so that their order stays;
/// their colours, light included, are those of the pose in which the animation begins. A mesh
/// without animations sways and twists. Errors name the path.
[[nodiscard]] Result<std::shared_ptr<const FrameSource>> makeMeshSampleClip(
    const std::filesystem::path& path, const ClipOptions& options, TaskRunner& runner,
    const std::stop_token& stop);

}  // namespace volpress::engine
