// What importers of meshes share.
#pragma once

#include "scene/formats/format.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// Repairs what files get wrong (with warnings), shows every part at a node where the file has no
/// scene graph, and validates. CorruptData when no triangle is left.
[[nodiscard]] Result<Mesh> finishImport(Mesh mesh, IoContext& context);

/// sRGB display values to linear ones, alpha untouched: vertex colours of files other than glTF.
void linearise(FloatArray& colors);

}  // namespace volpress::formats
