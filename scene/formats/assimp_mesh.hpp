// Mesh formats that Assimp reads for us: OBJ, FBX, STL, COLLADA, 3DS.
#pragma once

#include <string_view>

#include "scene/formats/format.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// Whether a file of this name (by its extension) is read through Assimp.
[[nodiscard]] bool isAssimpName(std::string_view name);

/// Geometry, materials, pictures, scene graph, skins, morph targets and animations. Files that this
/// one names are found by their safe relative names, or by their last part beside it; nothing else
/// of the machine is opened.
/// Damaged ASCII FBX can corrupt the heap inside Assimp 5.2 (found by mutating real files): whoever
/// must outlive a hostile file reads it in a process of its own, as jobs do.
[[nodiscard]] Result<Mesh> readAssimpMesh(ByteView file, std::string_view name,
                                          const FileSource& beside, IoContext& context);

}  // namespace volpress::formats
