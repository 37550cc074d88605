// The layout of the released code in the container's chunks: half floats, raw positions, 13-bit
// codebook indices, everything under zstd. Byte layout in FORMAT.md.
#pragma once

#include <span>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/lightgaussian/packed_file.hpp"

namespace volpress::compressors::lightgaussian {

/// Colours of n splats as the paper quantises them: the feature of a splat is all of its SH, band 0
/// first.
struct FaithfulColors {
  coding::SymbolArray fromBook;        ///< n: 1 where the feature comes from the codebook, or empty
  std::vector<std::uint32_t> indices;  ///< one for each splat with 1 there
  std::vector<float> codebook;         ///< 3 + 3k floats an entry
};

/// All SH of every splat: rows of 3 + 3k floats.
[[nodiscard]] std::vector<float> shFeatures(const GaussianCloud& cloud);

[[nodiscard]] std::vector<Chunk> writeFaithful(const SceneHeader& header,
                                               const GaussianCloud& cloud,
                                               const FaithfulColors& colors);

/// The cloud of a faithful file. `scene` stands behind the header in the "scene" chunk.
[[nodiscard]] Result<GaussianCloud> readFaithful(const Container& container,
                                                 const SceneHeader& header, ByteReader scene);

}  // namespace volpress::compressors::lightgaussian
