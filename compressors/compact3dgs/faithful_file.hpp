// The layout of the released code in the container's chunks: half floats, indices of fixed width
// and 8-bit numbers, those under zstd that there are Huffman coded. Byte layout in FORMAT.md.
#pragma once

#include <vector>

#include "compressors/compact3dgs/stored_scene.hpp"
#include "compressors/container/container.hpp"

namespace volpress::compressors::compact3dgs {

/// Grid values no larger than this are written as 0: the released code's.
inline constexpr float kGridThreshold = 0.1F;

/// What the layout makes of a coordinate.
[[nodiscard]] float halfRounded(float value) noexcept;

/// Sorts the splats in Morton order.
[[nodiscard]] std::vector<Chunk> writeFaithful(const SceneHeader& header, const StoredScene& scene,
                                               TaskRunner& runner);

/// `reader` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<StoredScene> readFaithful(const Container& container,
                                               const SceneHeader& header, ByteReader reader);

}  // namespace volpress::compressors::compact3dgs
