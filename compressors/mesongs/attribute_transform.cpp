#include "compressors/mesongs/attribute_transform.hpp"

#include <algorithm>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/mesongs/euler_angles.hpp"

namespace volpress::compressors::mesongs {
namespace {

constexpr std::size_t kGrain = 4096;
constexpr float kMaxValue = 1e6F;

/// The row that stands at each place of a column, after the coarsest one.
std::uint32_t rowAt(const coding::Raht& raht, RowOrder order, std::size_t place) {
  return order == RowOrder::Level ? raht.coarseToFine()[place + 1]
                                  : static_cast<std::uint32_t>(place + 1);
}

}  // namespace

std::array<float, kChannels> attributeRow(const GaussianCloud& cloud, std::size_t splat,
                                          const TransformStyle& style) {
  std::array<float, kChannels> row{};
  row[kOpacity] = cloud.opacityLogits[splat];
  const EulerAngles angles = eulerFromQuaternion(cloud.rotations.data() + 4 * splat);
  row[kAngles] = static_cast<float>(angles.roll);
  row[kAngles + 1] = static_cast<float>(angles.pitch);
  row[kAngles + 2] = static_cast<float>(angles.yaw);
  if (style.lumaChroma) {
    coding::toLumaChroma(cloud.shDc.data() + 3 * splat, row.data() + kColors);
  } else {
    std::copy_n(cloud.shDc.data() + 3 * splat, 3, row.data() + kColors);
  }
  const float* scales = cloud.logScales.data() + 3 * splat;
  row[kScales] = scales[0];
  row[kScales + 1] = style.scaleFalls ? scales[1] - scales[0] : scales[1];
  row[kScales + 2] = style.scaleFalls ? scales[2] - scales[1] : scales[2];
  return row;
}

void writeAttributeRow(const std::array<float, kChannels>& row, const TransformStyle& style,
                       GaussianCloud& cloud, std::size_t splat) {
  cloud.opacityLogits[splat] = row[kOpacity];
  const std::array<float, 4> rotation =
      quaternionFromEuler(row[kAngles], row[kAngles + 1], row[kAngles + 2]);
  std::copy_n(rotation.begin(), 4, cloud.rotations.data() + 4 * splat);
  if (style.lumaChroma) {
    coding::fromLumaChroma(row.data() + kColors, cloud.shDc.data() + 3 * splat);
  } else {
    std::copy_n(row.data() + kColors, 3, cloud.shDc.data() + 3 * splat);
  }
  float* scales = cloud.logScales.data() + 3 * splat;
  scales[0] = row[kScales];
  scales[1] = style.scaleFalls ? scales[0] + row[kScales + 1] : row[kScales + 1];
  scales[2] = style.scaleFalls ? scales[1] + row[kScales + 2] : row[kScales + 2];
}

AttributeTransform::AttributeTransform(std::span<const coding::GridPoint> points,
                                       const TransformStyle& style)
    : m_raht(points), m_style(style) {}

Coefficients AttributeTransform::forward(const GaussianCloud& cloud, TaskRunner& runner) const {
  const std::size_t n = rows();
  const std::size_t width = m_style.transformScales ? kChannels : kScales;
  std::vector<float> table(n * width);
  Coefficients result;
  for (std::size_t c = 0; c < kChannels; ++c) {
    result.columns[c].resize(length(c));
  }
  runner.parallelFor(n, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::array<float, kChannels> row = attributeRow(cloud, i, m_style);
      for (std::size_t c = 0; c < kChannels; ++c) {
        const float value = std::clamp(row[c], -kMaxValue, kMaxValue);
        if (c < width) {
          table[width * i + c] = value;
        } else {
          result.columns[c][i] = value;
        }
      }
    }
  });
  m_raht.forward(table, width, runner);
  runner.parallelFor(n - 1, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t place = begin; place < end; ++place) {
      const float* row = table.data() + width * rowAt(m_raht, m_style.order, place);
      for (std::size_t c = 0; c < width; ++c) {
        result.columns[c][place] = row[c];
      }
    }
  });
  std::copy_n(table.begin(), width, result.roots.begin());
  return result;
}

void AttributeTransform::inverse(const Coefficients& coefficients, GaussianCloud& cloud,
                                 TaskRunner& runner) const {
  const std::size_t n = rows();
  const std::size_t width = m_style.transformScales ? kChannels : kScales;
  std::vector<float> table(n * width);
  std::copy_n(coefficients.roots.begin(), width, table.begin());
  runner.parallelFor(n - 1, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t place = begin; place < end; ++place) {
      float* row = table.data() + width * rowAt(m_raht, m_style.order, place);
      for (std::size_t c = 0; c < width; ++c) {
        row[c] = coefficients.columns[c][place];
      }
    }
  });
  m_raht.inverse(table, width, runner);
  runner.parallelFor(n, kGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::array<float, kChannels> row{};
      for (std::size_t c = 0; c < kChannels; ++c) {
        row[c] = c < width ? table[width * i + c] : coefficients.columns[c][i];
      }
      writeAttributeRow(row, m_style, cloud, i);
    }
  });
}

}  // namespace volpress::compressors::mesongs
