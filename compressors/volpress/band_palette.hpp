// SH above band 0 as a palette: scenes whose splats share their SH, such as those that were SOG
// files once, need a label a splat instead of dozens of levels.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/volpress/band_coder.hpp"
#include "compressors/volpress/plane_coder.hpp"

namespace volpress::compressors::own {

inline constexpr std::size_t kMaxPaletteEntries = 1 << 17;

/// Entries stand by falling frequency. A label is modelled but for its lowest bits: all of it up to
/// 31, beyond that the leading five.
struct BandPalette {
  std::size_t count = 0;               ///< of entries; 0: the layer has no palette
  std::vector<std::uint8_t> fineness;  ///< of each group's steps (paletteGroup), quarter octaves
  SymbolArray entries;                 ///< 3k * count: luma and chromas, fixed point
  std::vector<std::uint32_t> labels;   ///< n: the entry of each row
};

/// What is modelled of a label, and how many lowest bits are not.
struct PaletteGroup {
  std::uint32_t group = 0;
  unsigned plainBits = 0;
};
[[nodiscard]] PaletteGroup paletteGroup(std::uint32_t label) noexcept;
/// How many groups the labels of so many entries have.
[[nodiscard]] std::size_t paletteGroups(std::size_t entries) noexcept;

/// The entries: writing, they are the wanted ones and become the decoded ones.
template <typename Side>
void codePalette(Side& side, BandPalette& palette, unsigned shDegree,
                 const BandFineness& bandFineness);

extern template void codePalette(coding::RansReadSide&, BandPalette&, unsigned,
                                 const BandFineness&);
extern template void codePalette(coding::RansWriteSide&, BandPalette&, unsigned,
                                 const BandFineness&);

/// The labels of one block's rows; `fineness` is the block's. What is read is below `count`.
template <typename Side>
void codeLabels(Side& side, BandPalette& palette, std::span<const std::uint8_t> fineness,
                const NearRows& near, RowRange rows);

extern template void codeLabels(coding::RansReadSide&, BandPalette&, std::span<const std::uint8_t>,
                                const NearRows&, RowRange);
extern template void codeLabels(coding::RansWriteSide&, BandPalette&, std::span<const std::uint8_t>,
                                const NearRows&, RowRange);

}  // namespace volpress::compressors::own
