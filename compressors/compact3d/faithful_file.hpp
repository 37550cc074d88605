// The layout of the paper in the container's chunks: floats, codebooks of floats, and indices of
// fixed width, of which the sorted one is stored as run lengths. Byte layout in FORMAT.md.
#pragma once

#include <vector>

#include "compressors/compact3d/codebooks.hpp"
#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"

namespace volpress::compressors::compact3d {

/// `cloud` gives positions and opacities. Sorts the splats by their entry of scales.
[[nodiscard]] std::vector<Chunk> writeFaithful(const SceneHeader& header,
                                               const GaussianCloud& cloud, const Codebooks& books);

/// The cloud of a faithful file. `scene` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<GaussianCloud> readFaithful(const Container& container,
                                                 const SceneHeader& header, ByteReader scene,
                                                 TaskRunner& runner);

}  // namespace volpress::compressors::compact3d
