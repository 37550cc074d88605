#include "compressors/v3/splat_planes.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/rotations.hpp"

namespace volpress::compressors::v3 {
namespace {

constexpr std::size_t kColor = 3, kOpacity = 6, kScale = 7, kRotation = 10;
constexpr float kFar = 1e12F;
constexpr double kLeastOpacity = 1e-6;
constexpr float kMostLogScale = 20;
constexpr double kMostLevel = 1 << 28;

}  // namespace

PlaneGroup groupOf(std::size_t plane) noexcept {
  return plane < kColor      ? PlaneGroup::Position
         : plane < kOpacity  ? PlaneGroup::Color
         : plane < kScale    ? PlaneGroup::Opacity
         : plane < kRotation ? PlaneGroup::Scale
                             : PlaneGroup::Rotation;
}

std::array<std::vector<float>, kPlanes> planesOf(const GaussianCloud& cloud,
                                                 std::span<const std::uint32_t> order,
                                                 std::span<const std::vector<float>> before) {
  std::array<std::vector<float>, kPlanes> planes;
  for (std::vector<float>& plane : planes) {
    plane.resize(order.size());
  }
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::size_t row = order[i];
    for (std::size_t k = 0; k < 3; ++k) {
      planes[k][i] = cloud.means[3 * row + k];
      planes[kColor + k][i] = cloud.shDc[3 * row + k];
      planes[kScale + k][i] = cloud.logScales[3 * row + k];
    }
    planes[kOpacity][i] =
        static_cast<float>(1 / (1 + std::exp(-static_cast<double>(cloud.opacityLogits[row]))));
    const float* own = &cloud.rotations[4 * row];
    const Quaternion unit = normalised({static_cast<double>(own[0]), static_cast<double>(own[1]),
                                        static_cast<double>(own[2]), static_cast<double>(own[3])});
    double side = 0;
    if (before.empty()) {
      side = *std::max_element(unit.begin(), unit.end(),
                               [](double a, double b) { return std::abs(a) < std::abs(b); });
    } else {
      for (std::size_t k = 0; k < 4; ++k) {
        side += unit[k] * static_cast<double>(before[kRotation + k][i]);
      }
    }
    for (std::size_t k = 0; k < 4; ++k) {
      planes[kRotation + k][i] = static_cast<float>(side < 0 ? -unit[k] : unit[k]);
    }
  }
  return planes;
}

Result<PlaneRanges> readRanges(ByteReader& reader) {
  VOLPRESS_TRY(const auto ranges, reader.read<PlaneRanges>("ranges of planes"));
  for (std::size_t p = 0; p < kPlanes; ++p) {
    if (!(std::abs(ranges.low[p]) < kFar && ranges.step[p] > 0 && ranges.step[p] < kFar)) {
      return fail(ErrorCode::CorruptData, "plane {} begins at {} in steps of {}", p, ranges.low[p],
                  ranges.step[p]);
    }
  }
  return ranges;
}

void takePlane(std::size_t plane, std::span<const std::int32_t> picture,
               std::span<const std::uint32_t> pixels, const PlaneRanges& ranges,
               GaussianCloud& cloud) {
  const auto low = static_cast<double>(ranges.low[plane]);
  const auto step = static_cast<double>(ranges.step[plane]);
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const double level =
        std::clamp(static_cast<double>(picture[pixels[i]]), -kMostLevel, kMostLevel);
    const auto value = static_cast<float>(low + step * level);
    switch (groupOf(plane)) {
      case PlaneGroup::Position: cloud.means[3 * i + plane] = value; break;
      case PlaneGroup::Color: cloud.shDc[3 * i + plane - kColor] = value; break;
      case PlaneGroup::Opacity: {
        const double opacity =
            std::clamp(static_cast<double>(value), kLeastOpacity, 1 - kLeastOpacity);
        cloud.opacityLogits[i] = static_cast<float>(std::log(opacity / (1 - opacity)));
        break;
      }
      case PlaneGroup::Scale:
        cloud.logScales[3 * i + plane - kScale] = std::clamp(value, -kMostLogScale, kMostLogScale);
        break;
      case PlaneGroup::Rotation: cloud.rotations[4 * i + plane - kRotation] = value; break;
    }
  }
}

void finishRotations(GaussianCloud& cloud) {
  for (std::size_t i = 0; i < cloud.count; ++i) {
    float* own = &cloud.rotations[4 * i];
    const Quaternion unit = normalised({static_cast<double>(own[0]), static_cast<double>(own[1]),
                                        static_cast<double>(own[2]), static_cast<double>(own[3])});
    std::transform(unit.begin(), unit.end(), own,
                   [](double part) { return static_cast<float>(part); });
  }
}

}  // namespace volpress::compressors::v3
