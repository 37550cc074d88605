#include "scene/formats/ply_rows.hpp"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "scene/formats/ply_rows.cpp"
#include <hwy/foreach_target.h>  // must precede highway.h

#include <hwy/highway.h>

#ifndef VOLPRESS_PLY_ROWS_LANES
#define VOLPRESS_PLY_ROWS_LANES
namespace volpress::formats {
constexpr std::size_t kRestLanes = 4;
}  // namespace volpress::formats
#endif

HWY_BEFORE_NAMESPACE();
namespace volpress::formats::HWY_NAMESPACE {
namespace hn = hwy::HWY_NAMESPACE;

/// Turns channel-major runs of 3 * `coefficients` (at least kRestLanes) floats into
/// [coefficient][RGB], row by row; returns the largest magnitude's bits.
std::uint32_t interleaveRest(const std::byte* rows, std::size_t stride, std::size_t count,
                             std::size_t coefficients, float* to) {
  // So few lanes fit every degree: a last step that overlaps the one before fills the remainder.
  const hn::CappedTag<float, kRestLanes> tag;
  const std::size_t lanes = hn::Lanes(tag);
  const hn::RebindToSigned<decltype(tag)> bitsTag;
  auto largest = hn::Zero(bitsTag);
  for (std::size_t row = 0; row < count; ++row, rows += stride, to += 3 * coefficients) {
    const float* const red = reinterpret_cast<const float*>(rows);
    const float* const green = red + coefficients;
    const float* const blue = green + coefficients;
    for (std::size_t step = 0; step < coefficients; step += lanes) {
      const std::size_t k = std::min(step, coefficients - lanes);
      const auto r = hn::LoadU(tag, red + k);
      const auto g = hn::LoadU(tag, green + k);
      const auto b = hn::LoadU(tag, blue + k);
      hn::StoreInterleaved3(r, g, b, tag, to + 3 * k);
      const auto magnitudes =
          hn::Max(hn::Max(hn::BitCast(bitsTag, hn::Abs(r)), hn::BitCast(bitsTag, hn::Abs(g))),
                  hn::BitCast(bitsTag, hn::Abs(b)));
      largest = hn::Max(largest, magnitudes);
    }
  }
  // One lane on some targets, where MaxOfLanes does not exist for every type.
  std::int32_t lane[kRestLanes] = {};
  hn::StoreU(largest, bitsTag, lane);
  return static_cast<std::uint32_t>(*std::max_element(lane, lane + lanes));
}

}  // namespace volpress::formats::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
#include <cmath>
#include <cstring>
#include <utility>

#include "scene/formats/ply_columns.hpp"

namespace volpress::formats {
namespace {

HWY_EXPORT(interleaveRest);

/// Rows that are handled together, so that their bytes are still close when they are read again.
constexpr std::size_t kTileRows = 32;

/// Copies `width` floats from scattered offsets of a row; returns the largest magnitude's bits.
std::uint32_t moveColumns(const std::byte* row, const std::size_t* offsets, std::size_t width,
                          float* to) {
  std::uint32_t largest = 0;
  for (std::size_t i = 0; i < width; ++i) {
    std::uint32_t bits;
    std::memcpy(&bits, row + offsets[i], sizeof(bits));
    std::memcpy(to + i, &bits, sizeof(bits));
    largest = std::max(largest, bits & 0x7FFFFFFF);
  }
  return largest;
}

}  // namespace

RowLayout makeRowLayout(std::size_t stride, std::vector<std::size_t> offsets, unsigned shDegree) {
  RowLayout layout{stride, std::move(offsets), false};
  const std::size_t coefficients = shRestCount(shDegree);
  layout.planarRest = coefficients >= kRestLanes;
  for (std::size_t k = 0; k < coefficients && layout.planarRest; ++k) {
    for (std::size_t c = 0; c < 3; ++c) {
      layout.planarRest =
          layout.planarRest && layout.offsets[kTargetRest + 3 * k + c] ==
                                   layout.offsets[kTargetRest] + (c * coefficients + k) * 4;
    }
  }
  return layout;
}

RowCheck decodeRows(GaussianCloud& cloud, const std::byte* rows, const RowLayout& layout,
                    std::size_t begin, std::size_t end) {
  RowCheck check;
  const std::size_t coefficients = shRestCount(cloud.shDegree);
  const std::size_t restWidth = 3 * coefficients;
  const std::size_t* const offset = layout.offsets.data();
  for (std::size_t tile = begin; tile < end; tile += kTileRows) {
    const std::size_t tileEnd = std::min(end, tile + kTileRows);
    const std::byte* const tileRows = rows + (tile - begin) * layout.stride;
    if (layout.planarRest) {
      check.largest =
          std::max(check.largest, HWY_DYNAMIC_DISPATCH(interleaveRest)(
                                      tileRows + offset[kTargetRest], layout.stride, tileEnd - tile,
                                      coefficients, &cloud.shRest[restWidth * tile]));
    }
    const std::byte* row = tileRows;
    for (std::size_t i = tile; i < tileEnd; ++i, row += layout.stride) {
      check.farthest =
          std::max(check.farthest, moveColumns(row, offset + kTargetMean, 3, &cloud.means[3 * i]));
      float* const q = &cloud.rotations[4 * i];
      check.largest = std::max(
          {check.largest, moveColumns(row, offset + kTargetScale, 3, &cloud.logScales[3 * i]),
           moveColumns(row, offset + kTargetRotation, 4, q),
           moveColumns(row, offset + kTargetOpacity, 1, &cloud.opacityLogits[i]),
           moveColumns(row, offset + kTargetDc, 3, &cloud.shDc[3 * i])});
      if (!layout.planarRest) {
        check.largest = std::max(check.largest, moveColumns(row, offset + kTargetRest, restWidth,
                                                            cloud.shRest.data() + restWidth * i));
      }
      const float length2 = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
      check.badRotation = check.badRotation || !(length2 > 0) || !std::isfinite(length2);
      for (std::size_t e = 0; e < cloud.extras.size(); ++e) {
        moveColumns(row, offset + kTargetRest + restWidth + e, 1, &cloud.extras[e].values[i]);
      }
    }
  }
  return check;
}

}  // namespace volpress::formats
#endif
