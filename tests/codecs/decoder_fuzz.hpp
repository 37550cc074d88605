// What the fuzz targets of container codecs share.
#pragma once

#include <cstdlib>
#include <string>

#include "compressors/codec.hpp"
#include "tests/codecs/container_repair.hpp"
#include "tests/codecs/native_look.hpp"
#include "tests/fuzz/fuzz_target.hpp"

namespace volpress::fuzz {

/// Feeds the bytes to the decoder, as they are and with the checksums made right, and holds it to
/// its promises.
inline void runDecoder(const compressors::Codec& codec, ByteView input) {
  SerialRunner runner;
  for (const Bytes& bytes : {Bytes(input.begin(), input.end()),
                             testing::repairContainer(Bytes(input.begin(), input.end()))}) {
    Progress progress;
    compressors::RunContext context{runner, progress, {}};
    const Result<Scene> scene = codec.decode(bytes, context);
    if (scene && !validate(std::get<GaussianCloud>(*scene))) {
      std::abort();
    }
    runNativeLook(codec, bytes, context);
    const auto shares = codec.breakdown(bytes);
    if (scene && !shares) {
      std::abort();
    }
  }
}

}  // namespace volpress::fuzz
