// BPT: meshes as the tokens that a language model reads (Weng et al., Scaling Mesh Generation via
// Compressive Tokenization, CVPR 2025), plain or range coded. Byte layout in FORMAT.md beside this
// file.
#pragma once

#include "compressors/mesh_codec.hpp"

namespace volpress::compressors {

[[nodiscard]] const MeshCodec& bptCodec();

}  // namespace volpress::compressors
