// Vector quantisation of SH above band 0 (paper section 3.3).
#pragma once

#include <span>
#include <stop_token>

#include "compressors/mesongs/quantised_scene.hpp"

namespace volpress::compressors::mesongs {

struct PaletteOptions {
  std::size_t entries = 2048;
  std::uint64_t seed = 1;
  std::stop_token stop;
};

/// k-means of the cloud's SH weighted by `significance` (an entry a splat). Entries are RGB.
[[nodiscard]] Result<ShPalette> trainPalette(const GaussianCloud& cloud,
                                             std::span<const double> significance,
                                             const PaletteOptions& options, TaskRunner& runner);

/// A palette in the packed layout's integers.
struct PackedPalette {
  coding::SymbolArray levels;  ///< `dimension` an entry: luma and chromas in steps
  coding::SymbolArray labels;  ///< one a splat
};

/// Rounds the entries, lets every splat choose the nearest of the rounded ones, drops entries that
/// nobody chose and puts those first that most chose.
[[nodiscard]] PackedPalette packPalette(const GaussianCloud& cloud, const ShPalette& palette,
                                        float step, TaskRunner& runner);

/// The entries in `step`s, in their order.
[[nodiscard]] coding::SymbolArray paletteLevels(std::span<const float> entries, float step);

}  // namespace volpress::compressors::mesongs
