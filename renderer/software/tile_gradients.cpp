#include "renderer/software/tile_gradients.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "renderer/software/tile_gradients.cpp"
#ifndef HWY_DISABLED_TARGETS
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL)
#endif
#include <hwy/cache_control.h>
#include <hwy/foreach_target.h>  // must precede highway.h
#include <hwy/highway.h>

#include "renderer/software/tile_exponent-inl.hpp"

// As in tile_blending.cpp: one accumulator a tile column, added up in one order, so that all
// instruction sets with fused multiply-add give the same bits.

HWY_BEFORE_NAMESPACE();
namespace volpress::renderer::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;
using Floats = TileFloats;
using Ints = TileInts;
using V = TileVector;

constexpr std::size_t kLanes = hn::MaxLanes(Floats());
constexpr std::size_t kVectors = kTileSize / kLanes;  ///< a tile row
constexpr std::size_t kSums = 9;                      ///< of ScreenSums
constexpr std::size_t kPaddedSums = 12;
constexpr std::size_t kStopInterval = 256;  // splats
constexpr std::size_t kPrefetchDistance = 8;

/// A tile's pixels on the way back.
struct BackState {
  alignas(64) float transmittance[kTilePixels];  ///< in front of the splats walked so far
  alignas(64) float behind[kTilePixels];  ///< d(loss)/d(pixel) . light from behind, on the sensor
  alignas(64) float gradient[3][kTilePixels] = {};
  std::int32_t rowEnd[kTileSize] = {};  ///< the largest `end` of the row's pixels
  std::int32_t last = 0;                ///< the largest of all
};

HWY_INLINE void startBack(const TileJob& job, const TileTrace& trace,
                          const std::array<float, 3>& background, const float* lossGradient,
                          BackState& state) {
  const std::size_t columns = std::min<std::size_t>(kTileSize, job.width - job.left);
  const std::size_t rows = std::min<std::size_t>(kTileSize, job.height - job.top);
  for (std::size_t y = 0; y < rows; ++y) {
    for (std::size_t x = 0; x < columns; ++x) {
      const std::size_t at = y * kTileSize + x;
      const float* pixel = lossGradient + 3 * ((job.top + y) * job.width + job.left + x);
      for (std::size_t c = 0; c < 3; ++c) {
        state.gradient[c][at] = pixel[c];
      }
    }
  }
  for (std::size_t y = 0; y < kTileSize; ++y) {
    for (std::size_t x = 0; x < kTileSize; ++x) {
      const std::size_t at = y * kTileSize + x;
      state.transmittance[at] = trace.transmittance[at];
      state.behind[at] = trace.transmittance[at] * (state.gradient[0][at] * background[0] +
                                                    state.gradient[1][at] * background[1] +
                                                    state.gradient[2][at] * background[2]);
      state.rowEnd[y] = std::max(state.rowEnd[y], trace.end[at]);
    }
    state.last = std::max(state.last, state.rowEnd[y]);
  }
}

/// Adds up the columns of four sums, in the same order on every instruction set.
HWY_INLINE void addColumns(const float (*columns)[kTileSize], float* sums) {
#if HWY_TARGET == HWY_SCALAR
  for (std::size_t q = 0; q < 4; ++q) {
    const float* c = columns[q];
    float part[4];
    for (std::size_t j = 0; j < 4; ++j) {
      part[j] = (c[j] + c[j + 4]) + (c[j + 8] + c[j + 12]);
    }
    sums[q] = (part[0] + part[2]) + (part[1] + part[3]);
  }
#else
  const hn::FixedTag<float, 4> d;
  const auto fold = [&](const float* row) {
    return hn::Add(hn::Add(hn::Load(d, row), hn::Load(d, row + 4)),
                   hn::Add(hn::Load(d, row + 8), hn::Load(d, row + 12)));
  };
  const auto a = fold(columns[0]);
  const auto b = fold(columns[1]);
  const auto c = fold(columns[2]);
  const auto e = fold(columns[3]);
  const auto ab = hn::Add(hn::InterleaveLower(d, a, b), hn::InterleaveUpper(d, a, b));
  const auto ce = hn::Add(hn::InterleaveLower(d, c, e), hn::InterleaveUpper(d, c, e));
  const auto lower = hn::ConcatLowerLower(d, ce, ab);
  const auto upper = hn::ConcatUpperUpper(d, ce, ab);
  hn::Store(hn::Add(lower, upper), d, sums);
#endif
}

/// One splat of the list on all pixels it was drawn on. Returns whether there were any.
HWY_INLINE bool stepBack(const ProjectedSplat& splat, std::int32_t place, float left, float top,
                         const TileTrace& trace, BackState& state, ScreenSums& out) {
  const Floats d;
  const Ints di;
  const float centreRow = splat.v - top;
  const float firstRow = centreRow - splat.halfHeight - 0.01F;
  const float lastRow =
      std::min(centreRow + splat.halfHeight + 0.01F, static_cast<float>(kTileSize - 1));
  if (lastRow < 0) {
    return false;
  }
  const V zero = hn::Zero(d);
  const V one = hn::Set(d, 1.0F);
  const V minAlpha = hn::Set(d, kMinAlpha);
  const V maxAlpha = hn::Set(d, kMaxAlpha);
  const V s = hn::Set(d, splat.s);
  const V reach = hn::Set(d, splat.reach);
  const V opacity = hn::Set(d, splat.opacity);
  const V u = hn::Set(d, splat.u);
  const V red = hn::Set(d, splat.color[0]);
  const V green = hn::Set(d, splat.color[1]);
  const V blue = hn::Set(d, splat.color[2]);
  const auto index = hn::Set(di, place);
  V sums[kSums][kVectors];
  for (auto& sum : sums) {
    for (V& part : sum) {
      part = zero;
    }
  }
  bool any = false;
  const auto last = static_cast<std::size_t>(lastRow);
  for (auto y = static_cast<std::size_t>(std::max(0.0F, firstRow)); y <= last; ++y) {
    if (place >= state.rowEnd[y]) {
      continue;
    }
    const float dy = static_cast<float>(y) - centreRow;
    const float across = splat.w * dy;
    const V slant = hn::Set(d, splat.t * dy);
    const V across2 = hn::Set(d, across * across);
    const V dyAll = hn::Set(d, dy);
    for (std::size_t part = 0; part < kVectors; ++part) {
      const std::size_t x = part * kLanes;
      const std::size_t at = y * kTileSize + x;
      // The arithmetic of walkTile, so that the same pixels pass.
      const V columns = hn::Iota(d, left);
      const V dx = hn::Sub(hn::Add(columns, hn::Set(d, static_cast<float>(x))), u);
      const V along = hn::Add(hn::Mul(s, dx), slant);
      const V exponent = hn::MulAdd(along, along, across2);
      if (hn::AllFalse(d, hn::Le(exponent, reach))) {
        continue;
      }
      const V unclamped = hn::Mul(opacity, exp2Negative(exponent));
      const V alpha = hn::Min(maxAlpha, unclamped);
      const auto drawn = hn::And(hn::Ge(alpha, minAlpha),
                                 hn::RebindMask(d, hn::Lt(index, hn::Load(di, trace.end + at))));
      if (hn::AllFalse(d, drawn)) {
        continue;
      }
      any = true;
      const V inverse = hn::Div(one, hn::Sub(one, alpha));
      const V behindT = hn::Load(d, state.transmittance + at);
      const V before = hn::Mul(behindT, inverse);
      const V weight = hn::IfThenElseZero(drawn, hn::Mul(alpha, before));
      const V gradientR = hn::Load(d, state.gradient[0] + at);
      const V gradientG = hn::Load(d, state.gradient[1] + at);
      const V gradientB = hn::Load(d, state.gradient[2] + at);
      const V own =
          hn::MulAdd(gradientR, red, hn::MulAdd(gradientG, green, hn::Mul(gradientB, blue)));
      const V behind = hn::Load(d, state.behind + at);
      // k = alpha * (T own - behind / (1 - alpha))
      const V all = hn::Mul(alpha, hn::NegMulAdd(behind, inverse, hn::Mul(before, own)));
      const V k = hn::IfThenElseZero(hn::And(drawn, hn::Lt(unclamped, maxAlpha)), all);
      hn::Store(hn::IfThenElse(drawn, before, behindT), d, state.transmittance + at);
      hn::Store(hn::MulAdd(weight, own, behind), d, state.behind + at);
      const V ka = hn::Mul(k, along);
      const V kdy = hn::Mul(k, dyAll);
      sums[0][part] = hn::MulAdd(weight, gradientR, sums[0][part]);
      sums[1][part] = hn::MulAdd(weight, gradientG, sums[1][part]);
      sums[2][part] = hn::MulAdd(weight, gradientB, sums[2][part]);
      sums[3][part] = hn::Add(sums[3][part], k);
      sums[4][part] = hn::Add(sums[4][part], ka);
      sums[5][part] = hn::Add(sums[5][part], kdy);
      sums[6][part] = hn::MulAdd(ka, along, sums[6][part]);
      sums[7][part] = hn::MulAdd(ka, dyAll, sums[7][part]);
      sums[8][part] = hn::MulAdd(kdy, dyAll, sums[8][part]);
    }
  }
  if (!any) {
    return false;
  }
  alignas(64) float columns[kPaddedSums][kTileSize];
  for (std::size_t q = 0; q < kPaddedSums; ++q) {
    for (std::size_t part = 0; part < kVectors; ++part) {
      hn::Store(q < kSums ? sums[q < kSums ? q : 0][part] : zero, d, columns[q] + part * kLanes);
    }
  }
  alignas(16) float total[kPaddedSums];
  for (std::size_t q = 0; q < kPaddedSums; q += 4) {
    addColumns(columns + q, total + q);
  }
  out = {{total[0], total[1], total[2]},
         total[3],
         total[4],
         total[5],
         total[6],
         total[7],
         total[8],
         1,
         {}};
  return true;
}

void backpropagateTile(const TileJob& job, const TileTrace& trace,
                       const std::array<float, 3>& background, const float* lossGradient,
                       const std::stop_token& stop, GradientRecords& records) {
  BackState state;
  startBack(job, trace, background, lossGradient, state);
  const auto left = static_cast<float>(job.left) + 0.5F;
  const auto top = static_cast<float>(job.top) + 0.5F;
  const std::size_t tileX = job.left / kTileSize;
  const std::size_t tileY = job.top / kTileSize;
  for (auto i = static_cast<std::size_t>(state.last); i-- > 0;) {
    if (i % kStopInterval == 0 && stop.stop_requested()) {
      return;
    }
    if (i >= kPrefetchDistance) {
      hwy::Prefetch(&job.splats[job.slots[i - kPrefetchDistance]]);
    }
    const std::uint32_t slot = job.slots[i];
    const ProjectedSplat& splat = job.splats[slot];
    const TileArea box = boxIn(splat, records.area);
    const std::size_t place =
        records.firsts[slot] + (tileY - box.top) * (box.right - box.left) + tileX - box.left;
    if (stepBack(splat, static_cast<std::int32_t>(i), left, top, trace, state,
                 records.sums[place])) {
      records.written[place] = 1;
    }
  }
}

}  // namespace volpress::renderer::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::renderer {
HWY_EXPORT(backpropagateTile);

void backpropagateTile(const TileJob& job, const TileTrace& trace,
                       const std::array<float, 3>& background, const float* lossGradient,
                       const std::stop_token& stop, GradientRecords& records) {
  HWY_DYNAMIC_DISPATCH(backpropagateTile)(job, trace, background, lossGradient, stop, records);
}

}  // namespace volpress::renderer
#endif  // HWY_ONCE
