// This file is compiled with -ffp-contract=off: fused multiply-adds exist on some instruction sets
// only, and labels decide bytes on disk.
#include "scene/base/kmeans_kernels.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "scene/base/kmeans_kernels.cpp"
#include <hwy/foreach_target.h>  // IWYU pragma: keep

#include <hwy/highway.h>

#include <algorithm>
#include <array>
#include <limits>

HWY_BEFORE_NAMESPACE();
namespace volpress::detail::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

using FloatTag = hn::CappedTag<float, kPackWidth>;
using IndexTag = hn::RebindToUnsigned<FloatTag>;
using FloatVec = hn::Vec<FloatTag>;

HWY_INLINE FloatVec sumOne(const float* query, std::size_t dimension, const float* run) {
  const FloatTag tag;
  FloatVec sum = hn::Zero(tag);
  for (std::size_t d = 0; d < dimension; ++d) {
    const FloatVec difference =
        hn::Sub(hn::Set(tag, query[d]), hn::LoadU(tag, run + d * kPackWidth));
    sum = hn::Add(sum, hn::Mul(difference, difference));
  }
  return sum;
}

// Where the lanes of vector number `run` start: a block holds kPackWidth / Lanes vectors.
HWY_INLINE std::size_t runStart(std::size_t run, std::size_t lanes, std::size_t dimension) {
  const std::size_t first = run * lanes;
  return first / kPackWidth * (dimension * kPackWidth) + first % kPackWidth;
}

template <typename Visit>
HWY_INLINE void visitDistances(const PackedVectors& packed, const float* query,
                               const Visit& visit) {
  const FloatTag tag;
  const std::size_t lanes = hn::Lanes(tag);
  const std::size_t dimension = packed.dimension;
  const std::size_t blocks = (packed.count + kPackWidth - 1) / kPackWidth;
  const std::size_t runs = blocks * kPackWidth / lanes;
  const float* values = packed.values.data();
  std::size_t run = 0;
  for (; run + 4 <= runs; run += 4) {
    // Four sums at once hide the latency of the additions.
    const float* run0 = values + runStart(run, lanes, dimension);
    const float* run1 = values + runStart(run + 1, lanes, dimension);
    const float* run2 = values + runStart(run + 2, lanes, dimension);
    const float* run3 = values + runStart(run + 3, lanes, dimension);
    FloatVec sum0 = hn::Zero(tag);
    FloatVec sum1 = sum0;
    FloatVec sum2 = sum0;
    FloatVec sum3 = sum0;
    for (std::size_t d = 0; d < dimension; ++d) {
      const FloatVec q = hn::Set(tag, query[d]);
      const std::size_t at = d * kPackWidth;
      const FloatVec difference0 = hn::Sub(q, hn::LoadU(tag, run0 + at));
      const FloatVec difference1 = hn::Sub(q, hn::LoadU(tag, run1 + at));
      const FloatVec difference2 = hn::Sub(q, hn::LoadU(tag, run2 + at));
      const FloatVec difference3 = hn::Sub(q, hn::LoadU(tag, run3 + at));
      sum0 = hn::Add(sum0, hn::Mul(difference0, difference0));
      sum1 = hn::Add(sum1, hn::Mul(difference1, difference1));
      sum2 = hn::Add(sum2, hn::Mul(difference2, difference2));
      sum3 = hn::Add(sum3, hn::Mul(difference3, difference3));
    }
    visit(run * lanes, sum0);
    visit((run + 1) * lanes, sum1);
    visit((run + 2) * lanes, sum2);
    visit((run + 3) * lanes, sum3);
  }
  for (; run < runs; ++run) {
    visit(run * lanes, sumOne(query, dimension, values + runStart(run, lanes, dimension)));
  }
}

Nearest findNearestImpl(const PackedVectors& packed, const float* query) {
  const FloatTag tag;
  const IndexTag indexTag;
  const std::size_t lanes = hn::Lanes(tag);
  FloatVec best = hn::Set(tag, std::numeric_limits<float>::infinity());
  hn::Vec<IndexTag> bestIndex = hn::Zero(indexTag);
  const hn::Vec<IndexTag> ramp = hn::Iota(indexTag, 0);
  visitDistances(packed, query, [&](std::size_t first, FloatVec distances) {
    const auto closer = hn::Lt(distances, best);
    const auto index = hn::Add(ramp, hn::Set(indexTag, static_cast<std::uint32_t>(first)));
    best = hn::IfThenElse(closer, distances, best);
    bestIndex = hn::IfThenElse(hn::RebindMask(indexTag, closer), index, bestIndex);
  });
  HWY_ALIGN std::array<float, kPackWidth> distances;
  HWY_ALIGN std::array<std::uint32_t, kPackWidth> indices;
  hn::StoreU(best, tag, distances.data());
  hn::StoreU(bestIndex, indexTag, indices.data());
  Nearest nearest{distances[0], indices[0]};
  for (std::size_t lane = 1; lane < lanes; ++lane) {
    if (distances[lane] < nearest.distance2 ||
        (distances[lane] == nearest.distance2 && indices[lane] < nearest.index)) {
      nearest = {distances[lane], indices[lane]};
    }
  }
  return nearest;
}

void lowerDistancesImpl(const PackedVectors& packed, const float* query, float* out) {
  const FloatTag tag;
  visitDistances(packed, query, [&](std::size_t first, FloatVec distances) {
    hn::StoreU(hn::Min(distances, hn::LoadU(tag, out + first)), tag, out + first);
  });
}

}  // namespace volpress::detail::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::detail {

HWY_EXPORT(findNearestImpl);
HWY_EXPORT(lowerDistancesImpl);

void PackedVectors::assign(std::span<const float> rows, std::size_t rowLength) {
  dimension = rowLength;
  count = rows.size() / rowLength;
  const std::size_t blocks = (count + kPackWidth - 1) / kPackWidth;
  values.assign(blocks * rowLength * kPackWidth, std::numeric_limits<float>::infinity());
  for (std::size_t i = 0; i < count; ++i) {
    float* lane = values.data() + i / kPackWidth * rowLength * kPackWidth + i % kPackWidth;
    for (std::size_t d = 0; d < rowLength; ++d) {
      lane[d * kPackWidth] = rows[i * rowLength + d];
    }
  }
}

Nearest findNearest(const PackedVectors& packed, const float* query) {
  return HWY_DYNAMIC_DISPATCH(findNearestImpl)(packed, query);
}

void lowerDistances(const PackedVectors& packed, const float* query, std::span<float> out) {
  HWY_DYNAMIC_DISPATCH(lowerDistancesImpl)(packed, query, out.data());
}

}  // namespace volpress::detail
#endif
