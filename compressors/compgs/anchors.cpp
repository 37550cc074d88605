#include "compressors/compgs/anchors.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include "compressors/learning/rounding.hpp"
#include "compressors/learning/shape_loss.hpp"

namespace volpress::compressors::compgs {
namespace {

/// A residual feature starts with an offset (3), a size, an opacity and a colour (3), scaled to a
/// few steps.
constexpr float kOffsetGain = 4;
constexpr float kSizeGain = 1.5F;
constexpr float kOpacityGain = 4;
constexpr float kColorGain = 6;
constexpr float kReferenceNoise = 2;
/// Axes reach this many times the largest splat's.
constexpr float kAxisRoom = 0.5F;  // logarithm
constexpr float kLeastExtent = 1e-6F;

struct Span {
  std::size_t begin, end;
  [[nodiscard]] std::size_t size() const { return end - begin; }
};

std::size_t widestAxis(const GaussianCloud& cloud, std::span<const std::uint32_t> splats) {
  std::array<float, 3> low{};
  std::array<float, 3> high{};
  for (std::size_t c = 0; c < 3; ++c) {
    low[c] = high[c] = cloud.means[3 * splats[0] + c];
    for (const std::uint32_t splat : splats) {
      low[c] = std::min(low[c], cloud.means[3 * splat + c]);
      high[c] = std::max(high[c], cloud.means[3 * splat + c]);
    }
  }
  std::size_t widest = 0;
  for (std::size_t c = 1; c < 3; ++c) {
    widest = high[c] - low[c] > high[widest] - low[widest] ? c : widest;
  }
  return widest;
}

float longestAxis(const GaussianCloud& cloud, std::size_t splat) {
  const float* scales = cloud.logScales.data() + 3 * splat;
  return std::max({scales[0], scales[1], scales[2]});
}

}  // namespace

void placeAnchors(AnchorSet& anchors) {
  anchors.means.resize(3 * anchors.count());
  for (std::size_t i = 0; i < anchors.count(); ++i) {
    const auto centre = anchors.grid.position(anchors.points[i]);
    std::copy(centre.begin(), centre.end(), anchors.means.data() + 3 * i);
  }
}

Result<Planting> plantAnchors(const GaussianCloud& cloud, std::size_t splatsPerAnchor,
                              double precision, const std::stop_token& stop) {
  std::vector<std::uint32_t> order(cloud.count);
  std::iota(order.begin(), order.end(), 0U);
  std::vector<Span> parts;
  std::vector<Span> open{{0, order.size()}};
  while (!open.empty()) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "placing anchors was cancelled");
    }
    const Span part = open.back();
    open.pop_back();
    if (part.size() <= splatsPerAnchor) {
      parts.push_back(part);
      continue;
    }
    // The left half is a multiple, so that all anchors but the last are full.
    const std::size_t anchors = (part.size() + splatsPerAnchor - 1) / splatsPerAnchor;
    const std::size_t middle = part.begin + anchors / 2 * splatsPerAnchor;
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(part.begin);
    const std::size_t axis = widestAxis(cloud, std::span(order).subspan(part.begin, part.size()));
    std::nth_element(first, order.begin() + static_cast<std::ptrdiff_t>(middle),
                     order.begin() + static_cast<std::ptrdiff_t>(part.end),
                     [&](std::uint32_t a, std::uint32_t b) {
                       const float left = cloud.means[3 * std::size_t{a} + axis];
                       const float right = cloud.means[3 * std::size_t{b} + axis];
                       return left != right ? left < right : a < b;
                     });
    open.push_back({middle, part.end});
    open.push_back({part.begin, middle});
  }

  FloatArray means(3 * parts.size());
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      double sum = 0;
      for (std::size_t k = parts[i].begin; k < parts[i].end; ++k) {
        sum += static_cast<double>(cloud.means[3 * std::size_t{order[k]} + c]);
      }
      means[3 * i + c] = static_cast<float>(sum / static_cast<double>(parts[i].size()));
    }
  }
  Planting planting;
  planting.anchors.grid = coding::PositionGrid::between(means, precision);
  std::vector<coding::GridPoint> points(parts.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    points[i] = planting.anchors.grid.quantise(means.data() + 3 * i);
  }
  VOLPRESS_TRY(const auto stream,
               coding::encodePositions(points, planting.anchors.grid.bits, stop));
  planting.splats.assign(kPrimitives * parts.size(), kNoSplat);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    planting.anchors.points.push_back(points[stream.order[i]]);
    const Span part = parts[stream.order[i]];
    // The largest first: places then have statistics of their own.
    const auto first = order.begin() + static_cast<std::ptrdiff_t>(part.begin);
    std::sort(first, first + static_cast<std::ptrdiff_t>(part.size()),
              [&](std::uint32_t a, std::uint32_t b) {
                const float left = longestAxis(cloud, a);
                const float right = longestAxis(cloud, b);
                return left != right ? left > right : a < b;
              });
    std::copy_n(first, part.size(),
                planting.splats.begin() + static_cast<std::ptrdiff_t>(kPrimitives * i));
  }
  placeAnchors(planting.anchors);
  return planting;
}

void startLatents(const GaussianCloud& cloud, const Planting& planting, Model& model) {
  const std::size_t count = planting.anchors.count();
  model[kReference].resize(count * kReferenceWidth);
  model[kResidual].assign(count * kResiduals, 0.0F);
  model[kScales].resize(count * kScaleWidth);
  for (std::size_t i = 0; i < model[kReference].size(); ++i) {
    model[kReference][i] = kReferenceNoise * learning::roundingNoise(count, i);
  }
  for (std::size_t anchor = 0; anchor < count; ++anchor) {
    const float* mean = planting.anchors.means.data() + 3 * anchor;
    const std::uint32_t* splats = planting.splats.data() + kPrimitives * anchor;
    float* scales = model[kScales].data() + kScaleWidth * anchor;
    float longest = longestAxis(cloud, splats[0]);
    std::array<float, 3> extent{};
    for (std::size_t k = 0; k < kPrimitives && splats[k] != kNoSplat; ++k) {
      longest = std::max(longest, longestAxis(cloud, splats[k]));
      for (std::size_t c = 0; c < 3; ++c) {
        extent[c] =
            std::max(extent[c], std::abs(cloud.means[3 * std::size_t{splats[k]} + c] - mean[c]));
      }
    }
    for (std::size_t c = 0; c < 3; ++c) {
      scales[c] = std::log(extent[c] + 0.1F * std::exp(longest) + kLeastExtent);
      scales[3 + c] = longest + kAxisRoom;
    }
    for (std::size_t k = 0; k < kPrimitives && splats[k] != kNoSplat; ++k) {
      const std::size_t splat = splats[k];
      float* to = model[kResidual].data() + kResiduals * anchor + kResidualWidth * k;
      float size = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        to[c] = kOffsetGain * (cloud.means[3 * splat + c] - mean[c]) / std::exp(scales[c]);
        size += std::max(cloud.logScales[3 * splat + c],
                         longestAxis(cloud, splat) + learning::kThinnestAxis) /
                3;
        to[5 + c] = kColorGain * std::clamp(kSh0 * cloud.shDc[3 * splat + c], -0.7F, 0.7F);
      }
      to[3] = kSizeGain * (size - longest + 1);
      to[4] = kOpacityGain * (1 / (1 + std::exp(-cloud.opacityLogits[splat])) - 0.5F);
    }
  }
}

}  // namespace volpress::compressors::compgs
