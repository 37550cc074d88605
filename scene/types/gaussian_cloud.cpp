#include "scene/types/gaussian_cloud.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "scene/base/large_pages.hpp"

namespace volpress {
namespace {

/// Where to search for a number that is not finite: all before it are. Looks at whole blocks, in
/// integers and without a branch a number, which compilers turn into vectors.
FloatArray::const_iterator firstBlockToSearch(const FloatArray& values) {
  constexpr std::size_t kBlock = 1024;
  constexpr std::uint32_t kExponent = 0x7F800000;
  std::size_t at = 0;
  for (; at + kBlock <= values.size(); at += kBlock) {
    const float* block = &values[at];
    std::uint32_t bad = 0;
    for (std::size_t i = 0; i < kBlock; ++i) {
      bad |= (std::bit_cast<std::uint32_t>(block[i]) & kExponent) == kExponent ? 1U : 0U;
    }
    if (bad != 0) {
      break;
    }
  }
  return values.begin() + static_cast<std::ptrdiff_t>(at);
}

Result<void> checkArray(const char* name, const FloatArray& values, std::size_t count,
                        std::size_t width) {
  if (values.size() != count * width) {
    return fail(ErrorCode::CorruptData, "{} holds {} numbers, but {} splats need {}", name,
                values.size(), count, count * width);
  }
  const auto bad = std::find_if_not(firstBlockToSearch(values), values.end(),
                                    [](float v) { return std::isfinite(v); });
  if (bad != values.end()) {
    return fail(ErrorCode::CorruptData, "{} of splat {} is {}", name,
                static_cast<std::size_t>(bad - values.begin()) / width, *bad);
  }
  return {};
}

void gatherColumn(const FloatArray& from, FloatArray& to, std::size_t width,
                  std::span<const std::uint32_t> indices) {
  to.resize(indices.size() * width);
  if (width == 0) {
    return;
  }
  for (std::size_t i = 0; i < indices.size(); ++i) {
    std::memcpy(&to[i * width], &from[indices[i] * width], width * sizeof(float));
  }
}

bool anyNan(const FloatArray& values, std::size_t splat, std::size_t width) {
  return std::any_of(&values[splat * width], &values[splat * width] + width,
                     [](float v) { return std::isnan(v); });
}

}  // namespace

void resizeCloud(GaussianCloud& cloud, std::size_t count, unsigned shDegree) {
  cloud.count = count;
  cloud.shDegree = shDegree;
  cloud.means.resize(3 * count);
  cloud.logScales.resize(3 * count);
  cloud.rotations.resize(4 * count);
  cloud.opacityLogits.resize(count);
  cloud.shDc.resize(3 * count);
  cloud.shRest.resize(3 * shRestCount(shDegree) * count);
  cloud.extras.clear();
  for (FloatArray* values : {&cloud.means, &cloud.logScales, &cloud.rotations, &cloud.opacityLogits,
                             &cloud.shDc, &cloud.shRest}) {
    preferLargePages(values->data(), values->size() * sizeof(float));
  }
}

Result<void> validate(const GaussianCloud& cloud) {
  if (cloud.shDegree > kMaxShDegree) {
    return fail(ErrorCode::CorruptData, "SH degree is {}, but at most {} is allowed",
                cloud.shDegree, kMaxShDegree);
  }
  VOLPRESS_CHECK(checkArray("mean", cloud.means, cloud.count, 3));
  VOLPRESS_CHECK(checkArray("log scale", cloud.logScales, cloud.count, 3));
  VOLPRESS_CHECK(checkArray("rotation", cloud.rotations, cloud.count, 4));
  VOLPRESS_CHECK(checkArray("opacity logit", cloud.opacityLogits, cloud.count, 1));
  VOLPRESS_CHECK(checkArray("SH band 0", cloud.shDc, cloud.count, 3));
  VOLPRESS_CHECK(checkArray("SH rest", cloud.shRest, cloud.count, 3 * shRestCount(cloud.shDegree)));
  for (std::size_t i = 0; i < cloud.count; ++i) {
    const float* q = &cloud.rotations[4 * i];
    if (!(q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3] > 0)) {
      return fail(ErrorCode::CorruptData, "rotation of splat {} has length zero", i);
    }
  }
  for (const ExtraColumn& extra : cloud.extras) {
    if (extra.values.size() != cloud.count) {
      return fail(ErrorCode::CorruptData, "extra column {} holds {} numbers for {} splats",
                  extra.name, extra.values.size(), cloud.count);
    }
  }
  return {};
}

SanitiseReport sanitise(GaussianCloud& cloud) {
  SanitiseReport report;
  const std::size_t restWidth = 3 * shRestCount(cloud.shDegree);
  std::vector<std::uint32_t> kept;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    float* scale = &cloud.logScales[3 * i];
    bool drawable = !anyNan(cloud.logScales, i, 3) && !std::isnan(cloud.opacityLogits[i]);
    for (std::size_t c = 0; c < 3; ++c) {
      drawable = drawable && std::isfinite(cloud.means[3 * i + c]) &&
                 !(std::isinf(scale[c]) && scale[c] > 0) && std::isfinite(cloud.shDc[3 * i + c]);
    }
    for (std::size_t c = 0; c < restWidth; ++c) {
      drawable = drawable && std::isfinite(cloud.shRest[restWidth * i + c]);
    }
    if (!drawable) {
      ++report.removed;
      continue;
    }
    kept.push_back(static_cast<std::uint32_t>(i));
    for (std::size_t c = 0; c < 3; ++c) {
      if (std::isinf(scale[c])) {
        scale[c] = kMinLogScale;
        ++report.clamped;
      }
    }
    float& opacity = cloud.opacityLogits[i];
    if (std::isinf(opacity)) {
      opacity = std::copysign(kOpacityLogitLimit, opacity);
      ++report.clamped;
    }
    float* q = &cloud.rotations[4 * i];
    const float length2 = q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3];
    if (!std::isfinite(length2) || !(length2 > 0)) {
      q[0] = 1;
      q[1] = q[2] = q[3] = 0;
      ++report.identityRotations;
    }
  }
  if (report.removed != 0) {
    cloud = gatherSplats(cloud, kept);
  }
  return report;
}

GaussianCloud gatherSplats(const GaussianCloud& cloud, std::span<const std::uint32_t> indices) {
  GaussianCloud out;
  out.count = indices.size();
  out.shDegree = cloud.shDegree;
  out.frame = cloud.frame;
  out.filter = cloud.filter;
  gatherColumn(cloud.means, out.means, 3, indices);
  gatherColumn(cloud.logScales, out.logScales, 3, indices);
  gatherColumn(cloud.rotations, out.rotations, 4, indices);
  gatherColumn(cloud.opacityLogits, out.opacityLogits, 1, indices);
  gatherColumn(cloud.shDc, out.shDc, 3, indices);
  gatherColumn(cloud.shRest, out.shRest, 3 * shRestCount(cloud.shDegree), indices);
  for (const ExtraColumn& extra : cloud.extras) {
    ExtraColumn& column = out.extras.emplace_back();
    column.name = extra.name;
    gatherColumn(extra.values, column.values, 1, indices);
  }
  return out;
}

GaussianCloud withShDegree(const GaussianCloud& cloud, unsigned degree) {
  GaussianCloud out = cloud;
  const std::size_t from = 3 * shRestCount(cloud.shDegree);
  const std::size_t to = 3 * shRestCount(degree);
  const std::size_t shared = std::min(from, to);
  out.shDegree = degree;
  out.shRest.assign(to * cloud.count, 0.0F);
  if (shared != 0) {
    for (std::size_t i = 0; i < cloud.count; ++i) {
      std::memcpy(&out.shRest[i * to], &cloud.shRest[i * from], shared * sizeof(float));
    }
  }
  return out;
}

Bounds meanBounds(const GaussianCloud& cloud) {
  Bounds bounds;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float value = cloud.means[3 * i + c];
      bounds.min[c] = i == 0 ? value : std::min(bounds.min[c], value);
      bounds.max[c] = i == 0 ? value : std::max(bounds.max[c], value);
    }
  }
  return bounds;
}

std::uint64_t floatPlyBytes(std::size_t count, unsigned shDegree) noexcept {
  const std::uint64_t columns = 17 + 3 * shRestCount(shDegree);
  return columns * sizeof(float) * count;
}

}  // namespace volpress
