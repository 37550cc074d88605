// Materials and pictures of a glTF file.
#pragma once

#include <string>
#include <vector>

#include "scene/formats/gltf_document.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// Fills `mesh.materials` and `mesh.textures` (one a picture). Pictures that cannot be found leave
/// their uses without a texture and a warning.
[[nodiscard]] Result<void> readGltfMaterials(const GltfDocument& document, const FileSource& beside,
                                             std::vector<std::string>& warnings, Mesh& mesh);

/// "image/png" and the like by the first bytes; empty for what is no known picture.
[[nodiscard]] std::string pictureMimeType(ByteView file);

}  // namespace volpress::formats
