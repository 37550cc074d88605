#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "compressors/coding/luma_chroma.hpp"
#include "compressors/volpress/layer.hpp"

namespace volpress::compressors::own {
namespace {

constexpr std::size_t kSplatGrain = 1 << 13;
/// Opacities are drawn as at most 0.99.
constexpr double kMostOpaque = 0.999;

double inUnits(std::int32_t fixed) noexcept {
  return static_cast<double>(fixed) / static_cast<double>(kUnit);
}

/// A function of fixed point, known beforehand where many values of a narrow range are asked for.
class Tabled {
public:
  template <typename Function>
  Tabled(std::span<const SymbolArray> planes, TaskRunner& runner, const Function& function)
      : m_function(function) {
    std::int32_t least = std::numeric_limits<std::int32_t>::max();
    std::int32_t most = std::numeric_limits<std::int32_t>::min();
    std::size_t count = 0;
    for (const SymbolArray& plane : planes) {
      for (const std::int32_t value : plane) {
        least = std::min(least, value);
        most = std::max(most, value);
      }
      count += plane.size();
    }
    const std::int64_t range = std::int64_t{most} - least + 1;
    if (count == 0 || range > static_cast<std::int64_t>(count)) {
      return;
    }
    m_first = least;
    m_values.resize(static_cast<std::size_t>(range));
    runner.parallelFor(m_values.size(), kSplatGrain, [&](std::size_t begin, std::size_t end) {
      for (std::size_t i = begin; i < end; ++i) {
        m_values[i] = m_function(m_first + static_cast<std::int32_t>(i));
      }
    });
  }

  [[nodiscard]] float operator()(std::int32_t fixed) const {
    return m_values.empty() ? m_function(fixed)
                            : m_values[static_cast<std::size_t>(fixed - m_first)];
  }

private:
  std::function<float(std::int32_t)> m_function;
  std::int32_t m_first = 0;
  std::vector<float> m_values;
};

float logitOf(std::int32_t fixed) noexcept {
  const double opacity = std::clamp(std::exp2(-inUnits(fixed)), 1e-6, kMostOpaque);
  return static_cast<float>(std::log(opacity) - std::log1p(-opacity));
}

float logScaleOf(std::int32_t fixed, double smoothing) noexcept {
  // Exponents beyond float's are cut, so that any file gives finite numbers.
  const double smooth = std::exp2(std::clamp(inUnits(fixed), -60.0, 60.0));
  const double square = smooth * smooth - smoothing * smoothing;
  const double least = std::max(smooth * smooth * 1e-3, 1e-36);
  return static_cast<float>(std::log(std::max(square, least)) / 2);
}

}  // namespace

void toCloud(const Layer& layer, std::size_t first, GaussianCloud& cloud, TaskRunner& runner) {
  const auto smoothing = static_cast<double>(layer.smoothing);
  const std::size_t coefficients = shRestCount(layer.shDegree);
  const Tabled logits(std::span(layer.planes).subspan(kOpacity, 1), runner, logitOf);
  const Tabled logScales(std::span(layer.planes).subspan(kScale1, 3), runner,
                         [&](std::int32_t fixed) { return logScaleOf(fixed, smoothing); });
  runner.parallelFor(layer.points.size(), kSplatGrain, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      const std::size_t to = first + i;
      const std::array<std::uint32_t, 3> point{layer.points[i].x, layer.points[i].y,
                                               layer.points[i].z};
      for (std::size_t c = 0; c < 3; ++c) {
        const double place = static_cast<double>(point[c]) - 0.5 +
                             static_cast<double>(layer.offsets[3 * i + c]) / kOffsetUnit;
        cloud.means[3 * to + c] = static_cast<float>(static_cast<double>(layer.grid.origin[c]) +
                                                     static_cast<double>(layer.grid.cell) * place);
        cloud.logScales[3 * to + c] = logScales(layer.planes[kScale1 + c][i]);
      }
      const std::array<float, 4> rotation = quaternionOf(layer.axes[i]);
      std::copy(rotation.begin(), rotation.end(),
                cloud.rotations.begin() + static_cast<std::ptrdiff_t>(4 * to));
      cloud.opacityLogits[to] = logits(layer.planes[kOpacity][i]);
      const auto toRgb = [&](std::int32_t luma, std::int32_t u, std::int32_t v, float* rgb) {
        const std::array<float, 3> color{static_cast<float>(inUnits(luma)),
                                         static_cast<float>(inUnits(u)),
                                         static_cast<float>(inUnits(v))};
        coding::fromLumaChroma(color.data(), rgb);
      };
      toRgb(layer.planes[kLuma][i], layer.planes[kChroma1][i], layer.planes[kChroma2][i],
            &cloud.shDc[3 * to]);
      for (std::size_t k = 0; k < coefficients; ++k) {
        const std::int32_t* band = &layer.bands[3 * (coefficients * i + k)];
        toRgb(band[0], band[1], band[2], &cloud.shRest[3 * (coefficients * to + k)]);
      }
    }
  });
}

}  // namespace volpress::compressors::own
