// Triangle meshes in PLY files.
#pragma once

#include "scene/formats/format.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// Whether a PLY states faces: a mesh, where other PLYs are splats or points.
[[nodiscard]] bool isPlyMesh(ByteView head);

/// Vertices (position, normal, colour, UV under their usual names) and faces of an untrusted PLY,
/// ASCII or binary; polygons become fans. CorruptData for files that end early.
[[nodiscard]] Result<Mesh> readPlyMesh(ByteView file, IoContext& context);

}  // namespace volpress::formats
