// Codecs of meshes that are formats in wide use, in our container.
#pragma once

#include "compressors/mesh_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const MeshCodec& meshZstdCodec();
[[nodiscard]] const MeshCodec& dracoCodec();
[[nodiscard]] const MeshCodec& meshoptCodec();

}  // namespace volpress::compressors
