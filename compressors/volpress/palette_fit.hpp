// From SH above band 0 as they are wanted to the palette that stands for them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "compressors/volpress/band_coder.hpp"
#include "compressors/volpress/band_palette.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::own {

struct WantedBands {
  unsigned shDegree = 0;                   ///< 1..kMaxShDegree
  std::span<const std::int32_t> values;    ///< 3kn: luma and two chromas a coefficient
  std::span<const std::uint8_t> fineness;  ///< n: of the rows' steps, as band_coder.hpp has them
  BandFineness bandFineness{};
  const NearRows* near = nullptr;
  RowRange sample;  ///< a block that stands for all rows
};

/// The values that the rows have, as a palette, where at least every second row has the SH of
/// another and where it costs less than levels (band_coder.hpp) at the slope that the rows' steps
/// stand for. Coarser palettes were tried: what their labels save, their errors cost.
[[nodiscard]] std::optional<BandPalette> fitPalette(const WantedBands& wanted);

/// Whether the SH above band 0 are few enough for a palette.
[[nodiscard]] bool sharesBands(const GaussianCloud& cloud);

}  // namespace volpress::compressors::own
