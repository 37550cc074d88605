// `.sog4d`, read only: a ZIP with meta.json, lossless WebP pictures of every frame's numbers, and
// labels of view-dependent colours that change over time (gsplat-unity, version 1).
#pragma once

#include <filesystem>
#include <memory>

#include "scene/sequence/gaussian_sequence.hpp"

namespace volpress {

/// Reads meta.json; frames are unpacked when they are asked for. The file has no rate: its frames
/// are spread over a time of its player's. NotThisFormat when it is no ZIP with a meta.json of
/// format "sog4d"; CorruptData names the field.
[[nodiscard]] Result<std::shared_ptr<const FrameSource>> openSog4d(
    const std::filesystem::path& path);

}  // namespace volpress
