// What the fuzz targets of codecs with view-dependent scenes share.
#pragma once

#include <cstdlib>

#include "compressors/codec.hpp"

namespace volpress::fuzz {

/// Opens the file for native drawing and looks at it: what a camera sees passes `validate`.
inline void runNativeLook(const compressors::Codec& codec, ByteView file,
                          compressors::RunContext& context) {
  const auto native = codec.openViewDependent(file, context);
  if (!native || *native == nullptr) {
    return;
  }
  GaussianCloud seen;
  if ((*native)->look(Camera(), {}, context.runner, seen) && !validate(seen)) {
    std::abort();
  }
}

}  // namespace volpress::fuzz
