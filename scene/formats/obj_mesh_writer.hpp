// Meshes as Wavefront OBJ: the geometry as it stands, materials in an .mtl, pictures beside.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// A file of an OBJ export, by its name beside the others.
struct NamedFile {
  std::string name;
  Bytes bytes;
};

/// The files STEM.obj, STEM.mtl and a picture for each texture that a material names, the .obj
/// last. Nodes are applied: what was posed stands as it is drawn. Skeletons, animations, vertex
/// colours, second UVs and tangents have no place in the format. Floats are written so that they
/// read back the same. The mesh must pass `validate`; InvalidParameter for a stem with other
/// characters than letters, digits, dots, dashes and underscores, which readers part names at.
[[nodiscard]] Result<std::vector<NamedFile>> writeObjMesh(const Mesh& mesh, std::string_view stem);

}  // namespace volpress::formats
