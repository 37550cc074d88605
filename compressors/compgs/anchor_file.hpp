// A scene of anchors as its file holds it (FORMAT.md).
#pragma once

#include <vector>

#include "compressors/compgs/baking.hpp"
#include "compressors/compgs/latent_coder.hpp"
#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"

namespace volpress::compressors::compgs {

/// What is to be written beside latents that are coded already.
struct AnchorFile {
  const AnchorSet& anchors;
  const Model& networks;  ///< rounded to `networkBits`
  unsigned networkBits;
  std::span<const Eye> eyes;
  float unit;
};

/// Chunks of the scene. `header.count` is that of all primitives.
[[nodiscard]] Result<std::vector<Chunk>> writeAnchors(const SceneHeader& header,
                                                      const AnchorFile& file, CodedLatents latents,
                                                      const std::stop_token& stop,
                                                      TaskRunner& runner);

/// Reads what `writeAnchors` wrote; `reader` stands behind the scene's header. Untrusted.
[[nodiscard]] Result<AnchorScene> readAnchors(const Container& container, const SceneHeader& header,
                                              ByteReader reader, const std::stop_token& stop,
                                              TaskRunner& runner);

}  // namespace volpress::compressors::compgs
