// A set of splats as the decoder sees it, in Morton order, and its coding. A file is one layer or
// several; each is self-contained.
#pragma once

#include <array>
#include <cstdint>
#include <stop_token>
#include <vector>

#include "compressors/coding/octree_positions.hpp"
#include "compressors/volpress/band_palette.hpp"
#include "compressors/volpress/near_rows.hpp"
#include "compressors/volpress/plane_coder.hpp"
#include "compressors/volpress/rotation_coder.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::compressors::own {

/// The planes that are coded with prediction, in coding order.
enum Plane : std::size_t {
  kGrade,    ///< how much the splat shows: log2, 1 a halving of all its steps
  kOpacity,  ///< -log2 of the opacity
  kScale1,   ///< log2 of the largest standard deviation, smoothed (see Layer::smoothing)
  kScale2,
  kScale3,
  kLuma,  ///< SH band 0
  kChroma1,
  kChroma2,
  kPlanes,
};

/// What only its precision is modelled of. Directions and turns are those of splats whose distinct
/// axis is the longest (needles); discs, where it is the shortest, have models of their own: a turn
/// about it swings the longest axis.
enum Precision : std::size_t {
  kDirections = kPlanes,
  kTurns,
  kPositions,
  kBands,
  kDiscDirections,
  kDiscTurns,
  kPrecisions,
};
/// Files before version 3 have one model for needles and discs.
inline constexpr std::size_t kPrecisionsBefore3 = kDiscDirections;

/// The numbers that steer a layer's coding; they travel with it.
struct LayerModels {
  std::array<PredictionModel, kPlanes> prediction;
  std::array<PrecisionModel, kPrecisions> precision;
  BandFineness bandFineness{};
};

inline constexpr unsigned kOffsetBits = 16;
inline constexpr std::int32_t kOffsetUnit = 1 << kOffsetBits;

struct Layer {
  unsigned shDegree = 0;
  coding::PositionGrid grid;              ///< of `points`
  std::vector<coding::GridPoint> points;  ///< n: coarse positions
  /// Log scales are stored as log2(s^2 + smoothing^2) / 2: what is much thinner than `smoothing`
  /// looks alike, and costs nothing.
  float smoothing = 0;
  LayerModels models;
  std::array<SymbolArray, kPlanes> planes;               ///< n each, in fixed point
  std::vector<Axes, UninitialisedAllocator<Axes>> axes;  ///< n
  /// 3n: where in its coarse cell the splat is, 0..1 in 1 / kOffsetUnit.
  SymbolArray offsets;
  SymbolArray bands;    ///< 3kn: luma and chromas of the coefficients above band 0, fixed point
  BandPalette palette;  ///< what `bands` come from, if it has entries
};

/// The streams of a layer, as chunk names show them.
enum Stream : std::size_t {
  kPositionStream,
  kGradeStream,
  kOpacityStream,
  kScaleStream,
  kRotationStream,
  kColorStream,
  kOffsetStream,
  kBandStream,  ///< SH above band 0: levels, or labels
  kBlockStreams,
  kPaletteStream = kBlockStreams,  ///< what the labels name; it has no blocks
  kStreams,
};
using LayerStreams = std::array<Bytes, kStreams>;

struct WritingOptions {
  double roundingBias = 0.05;  ///< of predicted planes
  double bandBias = 0.15;      ///< of SH above band 0
};

/// Whether a layer of this degree and palette has the stream.
[[nodiscard]] bool hasStream(const Layer& layer, std::size_t stream) noexcept;

/// Writes a layer whose arrays hold the wanted values; afterwards they hold the decoded ones.
/// `points` must be in Morton order.
[[nodiscard]] Result<LayerStreams> writeLayer(Layer& layer, const WritingOptions& options,
                                              TaskRunner& runner, const std::stop_token& stop);

/// Reads untrusted streams. `layer` has degree, grid, smoothing, models and the palette's head; the
/// rest is filled.
/// `count` must be justified by the caller; `version` is the file's, 1..kVolpressVersion.
[[nodiscard]] Result<void> readLayer(Layer& layer, std::size_t count,
                                     const std::array<ByteView, kStreams>& streams,
                                     unsigned version, TaskRunner& runner,
                                     const std::stop_token& stop);

/// Where the bits of directions, turns and positions follow from.
[[nodiscard]] FeaturePlanes featuresOf(const Layer& layer) noexcept;

/// The decoder's arithmetic: from fixed point to a cloud's arrays, rows [first, first + n) of
/// `cloud`, which is sized.
void toCloud(const Layer& layer, std::size_t first, GaussianCloud& cloud, TaskRunner& runner);

}  // namespace volpress::compressors::own
