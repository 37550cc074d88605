// A scene as what is stored of it: voxels, symbols of every column, and the palette of SH.
#pragma once

#include <array>
#include <vector>

#include "compressors/coding/symbol_coder.hpp"
#include "compressors/mesongs/attribute_transform.hpp"
#include "compressors/mesongs/block_quantiser.hpp"
#include "compressors/mesongs/voxels.hpp"

namespace volpress::compressors::mesongs {

/// Every column's blocks.
using BlockTable = std::array<std::vector<Block>, kChannels>;
/// Every column's symbols.
using SymbolTable = std::array<coding::SymbolArray, kChannels>;

[[nodiscard]] SymbolTable quantise(const Coefficients& coefficients, const BlockTable& blocks,
                                   const std::array<double, kChannels>& deadZones,
                                   TaskRunner& runner);
/// Columns of the lengths that `symbols` have; every column has at least one block.
[[nodiscard]] Coefficients dequantise(const SymbolTable& symbols, const BlockTable& blocks,
                                      const std::array<float, kChannels>& roots,
                                      TaskRunner& runner);

/// SH above band 0 by reference (paper section 3.3).
struct ShPalette {
  std::size_t dimension = 0;         ///< 3 * shRestCount(degree)
  std::vector<float> entries;        ///< RGB, `dimension` floats each
  std::vector<std::int32_t> labels;  ///< one a splat
};

/// Writes `cloud.shRest`. Labels must lie within the entries.
void applyPalette(const ShPalette& palette, GaussianCloud& cloud, TaskRunner& runner);

}  // namespace volpress::compressors::mesongs
