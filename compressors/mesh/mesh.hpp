// The codec `mesh`: connectivity, positions and attributes by our own predictors and contexts.
// Byte layout in FORMAT.md beside this file.
#pragma once

#include "compressors/mesh_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const MeshCodec& ownMeshCodec();

}  // namespace volpress::compressors
