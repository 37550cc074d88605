#include "compressors/mesongs/sh_palette.hpp"

#include <algorithm>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/coding/quantise.hpp"
#include "compressors/coding/vector_codebook.hpp"
#include "scene/base/kmeans.hpp"

namespace volpress::compressors::mesongs {
namespace {

/// Levels nearer to 0 than this become 0: most are noise, and zeros cost next to nothing.
constexpr double kShDeadZone = 0.6;
constexpr std::size_t kTrainingRowsPerEntry = 64;
constexpr std::size_t kFewestTrainingRows = 60000;

}  // namespace

Result<ShPalette> trainPalette(const GaussianCloud& cloud, std::span<const double> significance,
                               const PaletteOptions& options, TaskRunner& runner) {
  ShPalette palette;
  palette.dimension = 3 * shRestCount(cloud.shDegree);
  coding::CodebookOptions training;
  training.entries = options.entries;
  training.trainingRows = std::max(kFewestTrainingRows, kTrainingRowsPerEntry * options.entries);
  training.seed = options.seed;
  training.stop = options.stop;
  VOLPRESS_TRY(palette.entries, coding::trainCodebook(cloud.shRest, palette.dimension, significance,
                                                      training, runner));
  const std::vector<std::uint32_t> nearest =
      nearestCentroids(cloud.shRest, palette.dimension, palette.entries, runner);
  palette.labels.assign(nearest.begin(), nearest.end());
  return palette;
}

coding::SymbolArray paletteLevels(std::span<const float> entries, float step) {
  const coding::UniformQuantiser quantiser{step, 0};
  coding::SymbolArray levels(entries.size());
  for (std::size_t i = 0; i < entries.size(); i += 3) {
    std::array<float, 3> lumaChroma{};
    coding::toLumaChroma(entries.data() + i, lumaChroma.data());
    for (std::size_t c = 0; c < 3; ++c) {
      levels[i + c] = quantiser.quantiseWithDeadZone(lumaChroma[c], kShDeadZone);
    }
  }
  return levels;
}

PackedPalette packPalette(const GaussianCloud& cloud, const ShPalette& palette, float step,
                          TaskRunner& runner) {
  const std::size_t dimension = palette.dimension;
  const coding::UniformQuantiser quantiser{step, 0};
  const coding::SymbolArray levels = paletteLevels(palette.entries, step);
  std::vector<float> rounded(levels.size());
  for (std::size_t i = 0; i < levels.size(); i += 3) {
    const std::array<float, 3> lumaChroma{
        quantiser.value(levels[i]), quantiser.value(levels[i + 1]), quantiser.value(levels[i + 2])};
    coding::fromLumaChroma(lumaChroma.data(), rounded.data() + i);
  }
  const std::vector<std::uint32_t> nearest =
      nearestCentroids(cloud.shRest, dimension, rounded, runner);
  const coding::UseOrder order = coding::orderByUse(nearest, rounded.size() / dimension);
  PackedPalette result;
  for (const std::uint32_t entry : order.used) {
    const auto row = levels.begin() + static_cast<std::ptrdiff_t>(entry * dimension);
    result.levels.insert(result.levels.end(), row, row + static_cast<std::ptrdiff_t>(dimension));
  }
  result.labels.reserve(nearest.size());
  for (const std::uint32_t entry : nearest) {
    result.labels.push_back(order.place[entry]);
  }
  return result;
}

}  // namespace volpress::compressors::mesongs
