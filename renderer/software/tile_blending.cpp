#include "renderer/software/tile_blending.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "renderer/software/tile_blending.cpp"
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include "renderer/software/tile_exponent-inl.hpp"

// Arithmetic on a pixel never depends on the number of lanes, and sums over pixels keep one
// accumulator a tile column, so that all instruction sets with fused multiply-add (AVX2, AVX-512,
// NEON) give the same bits. The file is compiled with -ffp-contract=off for the same reason.

HWY_BEFORE_NAMESPACE();
namespace volpress::renderer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = TileFloats;
using Ints = TileInts;
using V = hn::Vec<Floats>;
using M = hn::Mask<Floats>;

constexpr std::size_t kStopInterval = 256;  // splats
constexpr std::size_t kPrefetchDistance = 8;

/// Transmittance of the tile's pixels. A pixel that has terminated keeps its value with the sign
/// set, so that one load tells both.
struct TileState {
  alignas(64) float transmittance[kTilePixels];
  std::uint32_t liveRows = 0;  ///< bit y: some pixel of the row has not terminated
};

HWY_INLINE void startTile(const TileJob& job, TileState& state) {
  const std::size_t columns = std::min<std::size_t>(kTileSize, job.width - job.left);
  const std::size_t rows = std::min<std::size_t>(kTileSize, job.height - job.top);
  for (std::size_t y = 0; y < kTileSize; ++y) {
    for (std::size_t x = 0; x < kTileSize; ++x) {
      state.transmittance[y * kTileSize + x] = x < columns && y < rows ? 1.0F : -1.0F;
    }
  }
  state.liveRows = (1U << rows) - 1;
}

/// What a splat contributes to one vector of pixels.
struct Contribution {
  V before;  ///< transmittance in front of the splat
  V weight;  ///< alpha * before, 0 where nothing is added
  M added;
};

/// Walks a tile's splats front to back and hands every vector of pixels that a splat contributes
/// to, to `Sink::add(splat, row, firstColumn, Contribution)`. `Sink::finish(splat)` follows the
/// splat's last vector. Pixels that the i-th splat of the list terminates go to
/// `Sink::stop(i, row, firstColumn, mask)`.
template <class Sink>
HWY_INLINE void walkTile(const TileJob& job, const std::stop_token* stop, TileState& state,
                         Sink& sink) {
  const Floats d;
  const std::size_t lanes = hn::Lanes(d);
  const V columns = hn::Iota(d, static_cast<float>(job.left) + 0.5F);
  const V minAlpha = hn::Set(d, kMinAlpha);
  const V maxAlpha = hn::Set(d, kMaxAlpha);
  const V minTransmittance = hn::Set(d, kMinTransmittance);
  const auto top = static_cast<float>(job.top) + 0.5F;
  const std::size_t count = job.slots.size();
  for (std::size_t i = 0; i < count && state.liveRows != 0; ++i) {
    if (stop != nullptr && i % kStopInterval == 0 && stop->stop_requested()) {
      return;
    }
    if (i + kPrefetchDistance < count) {
      hwy::Prefetch(&job.splats[job.slots[i + kPrefetchDistance]]);
    }
    const ProjectedSplat& splat = job.splats[job.slots[i]];
    // Rows whose centres the ellipse can reach, widened by the slack of the projection.
    const float centreRow = splat.v - top;
    const float firstRow = centreRow - splat.halfHeight - 0.01F;
    const float lastRow = centreRow + splat.halfHeight + 0.01F;
    const auto first = static_cast<std::uint32_t>(std::max(0.0F, firstRow));
    const float cappedLast = std::min(lastRow, static_cast<float>(kTileSize - 1));
    if (cappedLast < 0) {
      continue;
    }
    const auto last = static_cast<std::uint32_t>(cappedLast);
    std::uint32_t rows = state.liveRows & ((2U << last) - (1U << first));
    if (rows == 0) {
      continue;
    }
    const V s = hn::Set(d, splat.s);
    const V reach = hn::Set(d, splat.reach);
    const V opacity = hn::Set(d, splat.opacity);
    const V u = hn::Set(d, splat.u);
    for (; rows != 0; rows &= rows - 1) {
      const auto y = static_cast<std::size_t>(hwy::Num0BitsBelowLS1Bit_Nonzero32(rows));
      const float dy = static_cast<float>(y) - centreRow;
      const float across = splat.w * dy;
      const V slant = hn::Set(d, splat.t * dy);
      const V across2 = hn::Set(d, across * across);
      float* const row = state.transmittance + y * kTileSize;
      bool anyStopped = false;
      for (std::size_t x = 0; x < kTileSize; x += lanes) {
        const V dx = hn::Sub(hn::Add(columns, hn::Set(d, static_cast<float>(x))), u);
        const V along = hn::Add(hn::Mul(s, dx), slant);
        const V exponent = hn::MulAdd(along, along, across2);
        if (hn::AllFalse(d, hn::Le(exponent, reach))) {
          continue;
        }
        const V alpha = hn::Min(maxAlpha, hn::Mul(opacity, exp2Negative(exponent)));
        const V before = hn::Load(d, row + x);
        const M touched = hn::And(hn::Ge(alpha, minAlpha), hn::Gt(before, hn::Zero(d)));
        const V product = hn::Mul(alpha, before);
        const V after = hn::Sub(before, product);
        const M stopped = hn::And(touched, hn::Lt(after, minTransmittance));
        const M added = hn::AndNot(stopped, touched);
        hn::Store(hn::IfThenElse(added, after, hn::IfThenElse(stopped, hn::Neg(before), before)), d,
                  row + x);
        if (!hn::AllFalse(d, stopped)) {
          anyStopped = true;
          sink.stop(i, y, x, stopped);
        }
        sink.add(splat, y, x, Contribution{before, hn::IfThenElseZero(added, product), added});
      }
      if (anyStopped) {
        bool anyLive = false;
        for (std::size_t x = 0; x < kTileSize; x += lanes) {
          anyLive = anyLive || !hn::AllFalse(d, hn::Gt(hn::Load(d, row + x), hn::Zero(d)));
        }
        if (!anyLive) {
          state.liveRows &= ~(1U << y);
        }
      }
    }
    sink.finish(splat);
  }
}

/// For sinks that do not care where pixels end.
struct UntracedSink {
  HWY_INLINE void stop(std::size_t /*i*/, std::size_t /*y*/, std::size_t /*x*/, M /*stopped*/) {}
};

struct ColorSink {
  TileTrace* trace;
  alignas(64) float red[kTilePixels] = {};
  alignas(64) float green[kTilePixels] = {};
  alignas(64) float blue[kTilePixels] = {};

  HWY_INLINE void add(const ProjectedSplat& splat, std::size_t y, std::size_t x,
                      const Contribution& contribution) {
    const Floats d;
    const std::size_t at = y * kTileSize + x;
    const V weight = contribution.weight;
    hn::Store(hn::MulAdd(weight, hn::Set(d, splat.color[0]), hn::Load(d, red + at)), d, red + at);
    hn::Store(hn::MulAdd(weight, hn::Set(d, splat.color[1]), hn::Load(d, green + at)), d,
              green + at);
    hn::Store(hn::MulAdd(weight, hn::Set(d, splat.color[2]), hn::Load(d, blue + at)), d, blue + at);
  }
  HWY_INLINE void finish(const ProjectedSplat& /*splat*/) {}
  HWY_INLINE void stop(std::size_t i, std::size_t y, std::size_t x, M stopped) {
    if (trace != nullptr) {
      const Ints di;
      hn::BlendedStore(hn::Set(di, static_cast<std::int32_t>(i)), hn::RebindMask(di, stopped), di,
                       trace->end + y * kTileSize + x);
    }
  }
};

void blendTile(const TileJob& job, const std::array<float, 3>& background,
               const std::stop_token& stop, float* color, float* alpha, TileTrace* trace) {
  TileState state;
  ColorSink sink{trace};
  startTile(job, state);
  if (trace != nullptr) {
    for (std::size_t at = 0; at < kTilePixels; ++at) {
      trace->end[at] =
          state.transmittance[at] > 0 ? static_cast<std::int32_t>(job.slots.size()) : 0;
    }
  }
  walkTile(job, &stop, state, sink);
  const std::size_t columns = std::min<std::size_t>(kTileSize, job.width - job.left);
  const std::size_t rows = std::min<std::size_t>(kTileSize, job.height - job.top);
  for (std::size_t y = 0; y < rows; ++y) {
    const std::size_t pixel = (job.top + y) * job.width + job.left;
    for (std::size_t x = 0; x < columns; ++x) {
      const std::size_t at = y * kTileSize + x;
      const float transmittance = std::abs(state.transmittance[at]);
      color[3 * (pixel + x)] = sink.red[at] + transmittance * background[0];
      color[3 * (pixel + x) + 1] = sink.green[at] + transmittance * background[1];
      color[3 * (pixel + x) + 2] = sink.blue[at] + transmittance * background[2];
      alpha[pixel + x] = 1.0F - transmittance;
    }
  }
  if (trace != nullptr) {
    for (std::size_t at = 0; at < kTilePixels; ++at) {
      trace->transmittance[at] = std::abs(state.transmittance[at]);
    }
  }
}

template <typename T, typename U>
HWY_INLINE void addShared(T& shared, U value) {
  std::atomic_ref<T>(shared).fetch_add(static_cast<T>(value), std::memory_order_relaxed);
}

/// Column sums of at most kTileSize terms of at most 2^24 fit 32 bits.
static_assert(kScoreFractionBits + 4 < 31 && kTileSize == 16);
struct ScoreSink : UntracedSink {
  explicit ScoreSink(ContributionScores& sums) : scores(sums) {}
  ContributionScores& scores;
  alignas(64) std::int32_t opacitySums[kTileSize] = {};
  alignas(64) std::int32_t alphaSums[kTileSize] = {};
  std::size_t hits = 0;

  HWY_INLINE void add(const ProjectedSplat& splat, std::size_t /*y*/, std::size_t x,
                      const Contribution& contribution) {
    const Floats d;
    const Ints di;
    constexpr float kOne = 1U << kScoreFractionBits;
    hits += hn::CountTrue(d, contribution.added);
    const V opacity = hn::IfThenElseZero(contribution.added,
                                         hn::Mul(hn::Set(d, splat.opacity), contribution.before));
    const V one = hn::Set(d, kOne);
    hn::Store(hn::Add(hn::Load(di, opacitySums + x), hn::NearestInt(hn::Mul(opacity, one))), di,
              opacitySums + x);
    hn::Store(
        hn::Add(hn::Load(di, alphaSums + x), hn::NearestInt(hn::Mul(contribution.weight, one))), di,
        alphaSums + x);
  }

  HWY_INLINE void finish(const ProjectedSplat& splat) {
    if (hits == 0) {
      return;
    }
    std::uint64_t opacitySum = 0;
    std::uint64_t alphaSum = 0;
    for (std::size_t x = 0; x < kTileSize; ++x) {
      opacitySum += static_cast<std::uint64_t>(opacitySums[x]);
      alphaSum += static_cast<std::uint64_t>(alphaSums[x]);
      opacitySums[x] = 0;
      alphaSums[x] = 0;
    }
    addShared(scores.hits[splat.index], hits);
    addShared(scores.opacityTransmittance[splat.index], opacitySum);
    addShared(scores.alphaTransmittance[splat.index], alphaSum);
    hits = 0;
  }
};

void scoreTile(const TileJob& job, ContributionScores& scores) {
  TileState state;
  ScoreSink sink{scores};
  startTile(job, state);
  walkTile(job, nullptr, state, sink);
}

struct GradientSink : UntracedSink {
  GradientSink(std::span<std::int64_t> into, double unit) : sums(into), scale(unit) {}
  std::span<std::int64_t> sums;
  double scale;
  alignas(64) float lossGradient[3][kTilePixels] = {};
  alignas(64) float columnSums[3][kTileSize] = {};
  bool touched = false;

  HWY_INLINE void add(const ProjectedSplat& /*splat*/, std::size_t y, std::size_t x,
                      const Contribution& contribution) {
    const Floats d;
    for (std::size_t c = 0; c < 3; ++c) {
      hn::Store(hn::MulAdd(contribution.weight, hn::Load(d, lossGradient[c] + y * kTileSize + x),
                           hn::Load(d, columnSums[c] + x)),
                d, columnSums[c] + x);
    }
    touched = true;
  }

  HWY_INLINE void finish(const ProjectedSplat& splat) {
    if (!touched) {
      return;
    }
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (std::size_t x = 0; x < kTileSize; ++x) {
        sum += static_cast<double>(columnSums[c][x]);
        columnSums[c][x] = 0;
      }
      addShared(sums[3 * std::size_t{splat.index} + c], std::llrint(sum * scale));
    }
    touched = false;
  }
};

void differentiateTile(const TileJob& job, const float* lossGradient, double scale,
                       std::span<std::int64_t> sums) {
  TileState state;
  GradientSink sink{sums, scale};
  startTile(job, state);
  const std::size_t columns = std::min<std::size_t>(kTileSize, job.width - job.left);
  const std::size_t rows = std::min<std::size_t>(kTileSize, job.height - job.top);
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < columns; ++x) {
      const std::size_t pixel = (job.top + y) * job.width + job.left + x;
      for (std::size_t c = 0; c < 3; ++c) {
        sink.lossGradient[c][y * kTileSize + x] = lossGradient[3 * pixel + c];
      }
    }
  }
  walkTile(job, nullptr, state, sink);
}

}  // namespace volpress::renderer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::renderer {
HWY_EXPORT(blendTile);
HWY_EXPORT(scoreTile);
HWY_EXPORT(differentiateTile);

void blendTile(const TileJob& job, const std::array<float, 3>& background,
               const std::stop_token& stop, float* color, float* alpha, TileTrace* trace) {
  HWY_DYNAMIC_DISPATCH(blendTile)(job, background, stop, color, alpha, trace);
}

void scoreTile(const TileJob& job, ContributionScores& scores) {
  HWY_DYNAMIC_DISPATCH(scoreTile)(job, scores);
}

void differentiateTile(const TileJob& job, const float* lossGradient, double scale,
                       std::span<std::int64_t> sums) {
  HWY_DYNAMIC_DISPATCH(differentiateTile)(job, lossGradient, scale, sums);
}

}  // namespace volpress::renderer
#endif  // HWY_ONCE
