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
/// Damaged ASCII FBX corrupts the heap inside Assimp 5.2 (one in seven mutations of a real file):
/// whoever must outlive a hostile file reads it in a process of its own, as the programs do
/// (app/engine/mesh_import).
[[nodiscard]] Result<Mesh> readAssimpMesh(ByteView file, std::string_view name,
                                          const FileSource& beside, IoContext& context);

}  // namespace volpress::formats
