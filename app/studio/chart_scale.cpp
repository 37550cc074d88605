#include "app/studio/chart_scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <fmt/core.h>

#include "app/studio/display_text.hpp"

namespace volpress::studio {
namespace {

constexpr std::size_t kMaxSizeTicks = 8;
constexpr std::size_t kLeastSizeTicks = 3;

std::string tickText(double value, double step) {
  const int decimals = std::clamp(static_cast<int>(std::ceil(-std::log10(step) - 1e-9)), 0, 6);
  return fmt::format("{:.{}f}", value, decimals);
}

/// About a fifth of `span`, 1, 2, 5 or 10 times a power of ten.
double roundStep(double span) {
  const double rough = span / 5;
  const double power = std::pow(10.0, std::floor(std::log10(rough)));
  const double digit = rough / power;
  return power * (digit < 1.5 ? 1 : digit < 3.5 ? 2 : digit < 7.5 ? 5 : 10);
}

/// The multiples of `step` from `low` to `high`, without texts.
std::vector<ChartTick> evenTicks(double low, double high, double step) {
  std::vector<ChartTick> ticks;
  const auto last = static_cast<long long>(std::floor(high / step));
  for (auto at = static_cast<long long>(std::ceil(low / step)); at <= last; ++at) {
    ticks.push_back({static_cast<double>(at) * step, {}});
  }
  return ticks;
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

double ChartAxis::fromUnit(double unit) const {
  return logarithmic ? low * std::pow(high / low, unit) : low + unit * (high - low);
}

ChartAxis sizeAxisBetween(double low, double high) {
  ChartAxis axis;
  axis.logarithmic = true;
  axis.low = low;
  axis.high = high;
  const int last = static_cast<int>(std::floor(std::log10(high)));
  for (int power = static_cast<int>(std::floor(std::log10(low))); power <= last; ++power) {
    const double decade = std::pow(10.0, power);
    for (const double digit : {1.0, 2.0, 5.0}) {
      const double value = decade * digit;
      if (value >= low && value <= high) {
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
  double step = 0;
  if (axis.ticks.size() < kLeastSizeTicks) {  // zoomed into a part of a decade
    step = std::max(1.0, roundStep(high - low));
    axis.ticks = evenTicks(low, high, step);
  }
  for (ChartTick& tick : axis.ticks) {
    // "1 MB", not "1.00 MB": ticks are round.
    constexpr std::array kUnits{"B", "kB", "MB", "GB", "TB"};
    const auto unit = static_cast<std::size_t>(
        std::clamp(std::floor(std::log10(tick.value) / 3 + 1e-9), 0.0, 4.0));
    const double size = std::pow(1000.0, static_cast<double>(unit));
    tick.text =
        fmt::format("{} {}", tickText(tick.value / size, step > 0 ? step / size : 1), kUnits[unit]);
  }
  return axis;
}

ChartAxis makeSizeAxis(const std::vector<double>& bytes) {
  double low = 1e5;
  double high = 1e8;
  if (!bytes.empty()) {
    const auto [smallest, largest] = std::minmax_element(bytes.begin(), bytes.end());
    low = std::max(1.0, *smallest) / 1.5;
    high = std::max(1.0, *largest) * 1.5;
    if (high / low < 10) {
      const double middle = std::sqrt(low * high);
      low = middle / std::sqrt(10.0);
      high = middle * std::sqrt(10.0);
    }
  }
  return sizeAxisBetween(low, high);
}

ChartAxis valueAxisBetween(double low, double high) {
  ChartAxis axis;
  axis.low = low;
  axis.high = high;
  const double step = roundStep(high - low);
  axis.ticks = evenTicks(low, high, step);
  for (ChartTick& tick : axis.ticks) {
    tick.text = tickText(tick.value, step);
  }
  return axis;
}

ChartAxis makeValueAxis(const std::vector<double>& values, double narrowest) {
  double low = 0;
  double high = 1;
  if (!values.empty()) {
    const auto [smallest, largest] = std::minmax_element(values.begin(), values.end());
    low = *smallest;
    high = *largest;
  }
  const double missing = std::max(narrowest - (high - low), 0.0);
  low -= missing / 2;
  high += missing / 2;
  const double margin = 0.12 * (high - low);
  return valueAxisBetween(low - margin, high + margin);
}

}  // namespace volpress::studio
