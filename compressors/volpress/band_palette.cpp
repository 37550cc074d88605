#include "compressors/volpress/band_palette.hpp"

#include <algorithm>
#include <bit>

#include "compressors/coding/symbol_mixer.hpp"

namespace volpress::compressors::own {
namespace {

/// Leading bits of a label that are modelled.
constexpr unsigned kModelledBits = 5;
constexpr std::uint32_t kWhole = 1U << kModelledBits;  ///< labels below this are their own groups
constexpr std::uint32_t kHalf = kWhole / 2;            ///< groups of each further octave
constexpr std::uint32_t kSymbols = coding::kMixedSymbols;
constexpr std::uint32_t kFinenessBands = kFinenesses / 4;

/// The first label of a group.
std::uint32_t firstOf(std::uint32_t group) noexcept {
  if (group < kWhole) {
    return group;
  }
  const std::uint32_t octave = group / kHalf - 1;
  return (kHalf + group % kHalf) << octave;
}

}  // namespace

PaletteGroup paletteGroup(std::uint32_t label) noexcept {
  if (label < kWhole) {
    return {label, 0};
  }
  const unsigned plainBits = static_cast<unsigned>(std::bit_width(label)) - kModelledBits;
  return {plainBits * kHalf + (label >> plainBits), plainBits};
}

std::size_t paletteGroups(std::size_t entries) noexcept {
  return entries == 0 ? 0 : paletteGroup(static_cast<std::uint32_t>(entries - 1)).group + 1;
}

template <typename Side>
void codePalette(Side& side, BandPalette& palette, unsigned shDegree,
                 const BandFineness& bandFineness) {
  // No entry is near another: each stands for itself.
  NearRows near;
  near.rows.resize(kNeighbours * palette.count);
  std::vector<std::uint8_t> fineness(palette.count);
  for (std::uint32_t i = 0; i < palette.count; ++i) {
    std::fill_n(&near.rows[kNeighbours * i], kNeighbours, i);
    fineness[i] = palette.fineness[paletteGroup(i).group];
  }
  codeBands(side, {shDegree, bandFineness, fineness, &near, 0}, {0, palette.count},
            palette.entries);
}

template <typename Side>
void codeLabels(Side& side, BandPalette& palette, std::span<const std::uint8_t> fineness,
                const NearRows& near, RowRange rows) {
  // kSymbols squared groups hold all labels.
  static_assert(kMaxPaletteEntries <= std::size_t{1}
                                          << (kSymbols * kSymbols / kHalf + kModelledBits - 2));
  constexpr std::uint32_t kNone = kSymbols;
  constexpr std::uint32_t kHighs = kSymbols + 1;
  coding::MixedSymbols<2> highs({kFinenessBands, kHighs * kHighs}, kFinenessBands);
  coding::MixedSymbols<2> lows({kSymbols * kFinenessBands, kSymbols * kHighs}, kSymbols);
  const auto last = static_cast<std::uint32_t>(palette.count - 1);
  for (std::size_t row = rows.begin; row < rows.end && !side.overran(); ++row) {
    const std::uint32_t band = fineness[row - rows.begin] / 4U;
    const std::uint32_t* before = &near.rows[kNeighbours * row];
    const auto highOf = [&](std::size_t k) {
      return before[k] == row ? kNone : paletteGroup(palette.labels[before[k]]).group / kSymbols;
    };
    std::uint32_t& label = palette.labels[row];
    const PaletteGroup wanted = paletteGroup(label);
    const std::uint32_t around = highOf(0);
    const unsigned high =
        highs.code(side, {band, around * kHighs + highOf(1)}, band, wanted.group / kSymbols);
    const unsigned low = lows.code(side, {high * kFinenessBands + band, high * kHighs + around},
                                   high, wanted.group % kSymbols);
    const std::uint32_t first = firstOf(std::min(high * kSymbols + low, paletteGroup(last).group));
    const unsigned plainBits = paletteGroup(first).plainBits;
    const std::uint32_t place = side.plain(label & ((1U << plainBits) - 1), plainBits);
    label = std::min(first + place, last);
  }
}

template void codePalette(coding::RansReadSide&, BandPalette&, unsigned, const BandFineness&);
template void codePalette(coding::RansWriteSide&, BandPalette&, unsigned, const BandFineness&);
template void codeLabels(coding::RansReadSide&, BandPalette&, std::span<const std::uint8_t>,
                         const NearRows&, RowRange);
template void codeLabels(coding::RansWriteSide&, BandPalette&, std::span<const std::uint8_t>,
                         const NearRows&, RowRange);

}  // namespace volpress::compressors::own
