// Hostile bytes for the codecs of one kind of scene.
#pragma once

#include <cstdlib>

#include "compressors/codec.hpp"
#include "tests/codecs/container_repair.hpp"

namespace volpress::testing {

/// Decodes the bytes as they are, and with their checksums made right, by the codec that `find` has
/// for them. What comes out must be sound and have a breakdown, or the program is aborted.
template <typename Find, typename IsSound>
void decodeAnyway(ByteView input, Find find, IsSound isSound) {
  SerialRunner runner;
  for (const Bytes& bytes :
       {Bytes(input.begin(), input.end()), repairContainer(Bytes(input.begin(), input.end()))}) {
    const auto* codec = find(bytes);
    if (codec == nullptr) {
      continue;
    }
    Progress progress;
    compressors::RunContext context{runner, progress, {}};
    const auto scene = codec->decode(bytes, context);
    if (scene && (!isSound(*scene) || !codec->breakdown(bytes))) {
      std::abort();
    }
  }
}

}  // namespace volpress::testing
