// The chart's axes: where values lie and where the ticks go. Qt-free.
#pragma once

#include <string>
#include <vector>

namespace volpress::studio {

struct ChartTick {
  double value = 0;
  std::string text;
};

/// Maps a range of values to 0..1, linear or logarithmic.
struct ChartAxis {
  double low = 0;
  double high = 1;
  bool logarithmic = false;
  std::vector<ChartTick> ticks;

  [[nodiscard]] double toUnit(double value) const;
  [[nodiscard]] double fromUnit(double unit) const;  ///< the other way
};

/// An axis of bytes over these sizes (> 0), logarithmic, with a margin; ticks at 1, 2 and 5.
[[nodiscard]] ChartAxis makeSizeAxis(const std::vector<double>& bytes);

/// The same from `low` to `high` (0 < low < high); round steps where few of those ticks fall.
[[nodiscard]] ChartAxis sizeAxisBetween(double low, double high);

/// A linear axis with about five round ticks over these values, never narrower than `narrowest`.
[[nodiscard]] ChartAxis makeValueAxis(const std::vector<double>& values, double narrowest);
/// The same from `low` to `high` (low < high).
[[nodiscard]] ChartAxis valueAxisBetween(double low, double high);

}  // namespace volpress::studio
