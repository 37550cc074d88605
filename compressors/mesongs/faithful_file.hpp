// The layout of the released code in the container's chunks: voxel keys, 8-bit matrices, quantiser
// side information and codebook, each under zstd where there it is deflate. Byte layout in
// FORMAT.md.
#pragma once

#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/container/scene_header.hpp"
#include "compressors/mesongs/quantised_scene.hpp"

namespace volpress::compressors::mesongs {

/// Everything that the faithful layout stores.
struct FaithfulScene {
  VoxelGrid grid;
  std::vector<coding::GridPoint> points;  ///< n, in Morton order
  std::array<float, kChannels> roots{};   ///< of the first kScales columns
  BlockTable blocks;                      ///< high - low = 255
  SymbolTable symbols;                    ///< within low .. high
  ShPalette palette;
};

[[nodiscard]] TransformStyle faithfulStyle();

[[nodiscard]] std::vector<Chunk> writeFaithful(const SceneHeader& header,
                                               const FaithfulScene& scene);

/// The cloud of a faithful file. `scene` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<GaussianCloud> readFaithful(const Container& container,
                                                 const SceneHeader& header, ByteReader scene,
                                                 TaskRunner& runner);

}  // namespace volpress::compressors::mesongs
