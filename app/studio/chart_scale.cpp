#include "app/studio/chart_scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "app/studio/display_text.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kMaxSizeTicks = 8;

std::string tickText(double value, double step) {
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

double ChartAxis::toUnit(double value) const {
  if (!(high > low)) {
    return 0.5;
  }
  if (logarithmic) {
    return std::log(value / low) / std::log(high / low);
  }
  return (value - low) / (high - low);
}

ChartAxis makeSizeAxis(const std::vector<double>& bytes) {
  ChartAxis axis;
  axis.logarithmic = true;
  axis.low = 1e5;
  axis.high = 1e8;
  if (!bytes.empty()) {
    const auto [smallest, largest] = std::minmax_element(bytes.begin(), bytes.end());
    axis.low = std::max(1.0, *smallest) / 1.5;
    axis.high = std::max(1.0, *largest) * 1.5;
    if (axis.high / axis.low < 10) {
      const double middle = std::sqrt(axis.low * axis.high);
      axis.low = middle / std::sqrt(10.0);
      axis.high = middle * std::sqrt(10.0);
    }
  }
  const int last = static_cast<int>(std::floor(std::log10(axis.high)));
  for (int power = static_cast<int>(std::floor(std::log10(axis.low))); power <= last; ++power) {
    const double decade = std::pow(10.0, power);
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double value = decade * digit;
      if (value >= axis.low && value <= axis.high) {
        axis.ticks.push_back({value, {}});
      }
    }
  }
  if (axis.ticks.size() > kMaxSizeTicks) {
    std::erase_if(axis.ticks, [](const ChartTick& tick) {
      const double power = std::log10(tick.value);
      return std::abs(power - std::round(power)) > 1e-6;
    });
  }
  for (ChartTick& tick : axis.ticks) {
    // "1 MB", not "1.00 MB": ticks are round.
    constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB"};
    const auto unit = static_cast<std::size_t>(
        std::clamp(std::floor(std::log10(tick.value) / 3 + 1e-9), 0.0, 4.0));
    tick.text = fmt::format("{:.0f} {}", tick.value / std::pow(1000.0, static_cast<double>(unit)),
                            kUnits[unit]);
  }
  return axis;
}

ChartAxis makeValueAxis(const std::vector<double>& values, double narrowest) {
  ChartAxis axis;
  if (!values.empty()) {
    const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
    axis.low = *smallest;
    axis.high = *largest;
  }
  const double missing = std::max(narrowest - (axis.high - axis.low), 0.0);
  axis.low -= missing / 2;
  axis.high += missing / 2;
  const double margin = 0.12 * (axis.high - axis.low);
  axis.low -= margin;
  axis.high += margin;
  const double rough = (axis.high - axis.low) / 5;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double digit = rough / power;
  const double step = power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
  const auto first = static_cast<long long>(std::ceil(axis.low / step));
  const auto last = static_cast<long long>(std::floor(axis.high / step));
  for (long long at = first; at <= last; ++at) {
    const double value = static_cast<double>(at) * step;
    axis.ticks.push_back({value, tickText(value, step)});
  }
  return axis;
}

}  // namespace volpress::studio
