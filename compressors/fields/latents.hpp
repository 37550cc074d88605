// Latents in place of a grid's features (Girish et al. 2023, SHACIRA): each level has a small
// affine decoder, feature = mean + sum of q_k A_k, and each of its entries a few integers q_k.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::fields {

/// One level. Entries that no occupied cell reads have no latents; their features are 0.
struct LevelLatents {
  unsigned dims = 0;                 ///< d, 0..features
  std::vector<float> mean;           ///< features; as binary16 stores them
  std::vector<float> basis;          ///< A: dims rows of features; as binary16 stores them
  std::vector<std::size_t> entries;  ///< of all levels' entries, rising
  std::vector<std::int32_t> values;  ///< dims an entry
  std::vector<float> unrounded;      ///< what fine-tuning would have `values` be, if it ran
};

struct LatentSettings {
  double lambda = 1e-10;  ///< mean squared error of the pictures that one bit is worth
  unsigned mostDims = 8;  ///< of an entry
};

/// The entries of each level that are coded, given `touchedEntries`.
[[nodiscard]] std::vector<std::vector<std::size_t>> codedEntries(
    const HashGridField& field, const std::vector<std::uint8_t>& flags);

/// Fits all levels to the field's grid: a principal-axes decoder whose step balances bits and
/// pictures (`sensitivity` is parameterSensitivity of the grid), then rate-distortion optimised
/// rounding. Closed form. The same on any number of threads.
[[nodiscard]] std::vector<LevelLatents> fitLatents(const HashGridField& field,
                                                   std::vector<std::vector<std::size_t>> entries,
                                                   const FloatArray& sensitivity,
                                                   const LatentSettings& settings,
                                                   TaskRunner& runner);

/// Writes a level's features into `table` (the grid's parameters); rounded to binary16 if `half`.
void decodeLatents(const LevelLatents& level, std::size_t features, bool half,
                   std::span<float> table);

/// A level's integers as a stream of adaptive binary decisions. `shape` is the level's, whose dense
/// neighbours are contexts.
[[nodiscard]] Bytes encodeValues(const LevelLatents& level, const GridLevel& shape);
/// Fills `level.values` for its dims and entries. Untrusted bytes; CorruptData unless they end with
/// the last value.
[[nodiscard]] Result<void> decodeValues(ByteView stream, const GridLevel& shape,
                                        LevelLatents& level);

}  // namespace volpress::fields
