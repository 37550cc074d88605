// Every compressor of the program, whatever kind of scene it takes.
#pragma once

#include <string_view>
#include <vector>

#include "compressors/codec.hpp"

namespace volpress::cli {

struct ListedCodec {
  compressors::CodecInfo info;
  std::string_view compresses;  ///< "splats", "mesh", "sequence", "field" or "picture"
};

/// Codecs of splats, of meshes, of sequences, of radiance fields and of pictures, each kind in the
/// order in which people see it. No two have one id.
[[nodiscard]] std::vector<ListedCodec> listedCodecs();

}  // namespace volpress::cli
