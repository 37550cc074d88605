// The SIMD core of k-means: squared distances of one vector to many packed vectors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace volpress::detail {

/// Vectors in blocks of kPackWidth, transposed inside a block: [block][dimension][lane]. Unused
/// lanes of the last block hold +infinity, which no search returns.
inline constexpr std::size_t kPackWidth = 16;

struct PackedVectors {
  std::size_t dimension = 0;
  std::size_t count = 0;
  std::vector<float> values;

  /// Packs `rows` (count * dimension floats, row-major), reusing the storage.
  void assign(std::span<const float> rows, std::size_t rowLength);
};

struct Nearest {
  float distance2 = 0;
  std::uint32_t index = 0;  ///< position in the packed set
};

/// The packed vector nearest to `query` (dimension floats); ties to the lower index. One lane holds
/// one candidate and adds its terms in the order of the dimensions with separate multiplications
/// and additions, so that every instruction set returns the same bits.
[[nodiscard]] Nearest findNearest(const PackedVectors& packed, const float* query);

/// out[i] = min(out[i], squared distance of packed vector i to `query`), in the same arithmetic.
/// `out` holds a whole number of blocks: packed.values.size() / dimension floats.
void lowerDistances(const PackedVectors& packed, const float* query, std::span<float> out);

}  // namespace volpress::detail
