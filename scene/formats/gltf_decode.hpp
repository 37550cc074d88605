// The splats of a glTF scene.
#pragma once

#include "scene/formats/gltf_document.hpp"

namespace volpress::formats {

/// Every splat primitive that the default scene shows (without scenes: of every mesh), in the INRIA
/// frame. NotThisFormat when there is none.
[[nodiscard]] Result<GaussianCloud> decodeGltfScene(const GltfDocument& document,
                                                    IoContext& context);

}  // namespace volpress::formats
