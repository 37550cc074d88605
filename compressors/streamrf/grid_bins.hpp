// The values of a grid as whole numbers, and how they follow from those of the frame before.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "compressors/streamrf/mask_coder.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress::compressors::streamrf {

/// Groups of channels, each in a layer of its own: density and plain colour; SH of degree 1; of
/// degree 2.
inline constexpr std::size_t kGroups = 3;
inline constexpr std::size_t kContexts = 16;

/// Steps of the quantisers: of asinh(density), plain colour, degree 1, degree 2.
struct BinSteps {
  std::array<float, 4> step{1.0F / 32, 1.0F / 64, 1.0F / 48, 1.0F / 32};

  [[nodiscard]] float of(std::size_t channel) const noexcept {
    return step[channel == 0 ? 0 : channel < 4 ? 1 : channel < 13 ? 2 : 3];
  }
};

/// Channels of a row: density; then for each SH coefficient red, green, blue.
[[nodiscard]] constexpr std::size_t channelsOf(unsigned basis) noexcept { return 1 + 3 * basis; }
/// The first channel of a group, and the end of the last one of the grid's basis.
[[nodiscard]] constexpr std::size_t groupFirst(std::size_t group, unsigned basis) noexcept {
  const std::array<std::size_t, kGroups + 1> firsts{0, 4, 13, 28};
  return firsts[group] < channelsOf(basis) ? firsts[group] : channelsOf(basis);
}

/// A frame as the decoder knows it.
struct BinnedGrid {
  VertexMask mask;
  std::vector<std::int32_t> bins;  ///< channels a row
};

/// Values of a grid in the quantiser's domain, channel by channel of a row.
[[nodiscard]] std::vector<float> valuesOf(const VoxelGrid& grid);
/// The grid that bins stand for; its box and resolution are those of `like`. CorruptData for bins
/// that stand for no finite value.
[[nodiscard]] Result<VoxelGrid> gridOf(const BinnedGrid& binned, const BinSteps& steps,
                                       const VoxelGrid& like);

/// Codes one residual in a context (below kContexts): returns it, or what is read.
using CodeResidual = std::function<std::int32_t(std::uint8_t context, std::int32_t residual)>;

/// Fills (when reading), or codes, a group of the rows of `next`: rows of `before` that stay are
/// copied, or coded as the difference where `changed` is set; new rows as the difference from the
/// mean of their neighbours that are known. Colours go through the reversible YCoCg.
/// `next.mask` and the size of `next.bins` are there.
void codeGroup(std::size_t group, const VoxelGrid& shape, const BinnedGrid& before,
               const VertexFlags& changed, BinnedGrid& next, const CodeResidual& code);

}  // namespace volpress::compressors::streamrf
