// Meshes of a glTF file: geometry, materials, pictures, scene graph, skins, animations.
#pragma once

#include <functional>

#include "scene/formats/format.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// The geometry of a primitive that carries the extension VOLPRESS_mesh_geometry, by the number of
/// the part that it names.
using MeshGeometryDecoder = std::function<Result<MeshPart>(std::size_t part)>;

inline constexpr const char* kMeshGeometryExtension = "VOLPRESS_mesh_geometry";

/// Every mesh of a .glb or .gltf from untrusted bytes, with Draco and meshopt compression,
/// quantised attributes, sparse accessors, triangle strips and fans. Points and lines are left out
/// with a warning. NotThisFormat when nothing in it has triangles. The result passes `validate`.
[[nodiscard]] Result<Mesh> readGltfMesh(ByteView file, const FileSource& beside, IoContext& context,
                                        const MeshGeometryDecoder& geometry = {});

}  // namespace volpress::formats
