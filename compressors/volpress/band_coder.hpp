// SH above band 0: most of it is zero, and what is not resembles what near rows have there.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "compressors/volpress/plane_coder.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::own {

/// Added to a row's fineness, in quarter octaves, a coefficient each.
using BandFineness = std::array<std::int8_t, shRestCount(kMaxShDegree)>;

struct BandContext {
  unsigned shDegree = 0;  ///< 1..kMaxShDegree
  BandFineness bandFineness{};
  std::span<const std::uint8_t> fineness;  ///< of the block's rows
  const NearRows* near = nullptr;
  double roundingBias = 0;  ///< how much rounding prefers zero, 0..0.5; encoder only
};

/// Codes the rows of one block. `bands` has luma and two chromas a coefficient for all rows:
/// writing, the wanted values, which become the decoded ones. BitReadSide reads version 1, the
/// others code version 2.
template <typename Side>
void codeBands(Side& side, const BandContext& context, RowRange rows,
               std::span<std::int32_t> bands);

extern template void codeBands(coding::BitReadSide&, const BandContext&, RowRange,
                               std::span<std::int32_t>);
extern template void codeBands(coding::RansReadSide&, const BandContext&, RowRange,
                               std::span<std::int32_t>);
extern template void codeBands(coding::RansWriteSide&, const BandContext&, RowRange,
                               std::span<std::int32_t>);

}  // namespace volpress::compressors::own
