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
};

/// An axis of bytes over these sizes (> 0), logarithmic, with a margin; ticks at 1, 2 and 5.
[[nodiscard]] ChartAxis makeSizeAxis(const std::vector<double>& bytes);

/// A linear axis with about five round ticks over these values, never narrower than `narrowest`.
[[nodiscard]] ChartAxis makeValueAxis(const std::vector<double>& values, double narrowest);

}  // namespace volpress::studio
