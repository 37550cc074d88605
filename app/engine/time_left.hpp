// How long a job still takes, from how its progress moved so far.
#pragma once

#include <optional>
#include <string>

namespace volpress::engine {

/// Feed it with every new fraction; it smooths the rate so that the estimate does not jump when the
/// stages of a job move at unequal speeds.
class TimeLeft {
public:
  /// `seconds` since the start and the fraction reached; both only rise.
  void update(double seconds, double fraction);
  /// Seconds left as seen at `seconds`; nothing in the first second, or before there is a rate.
  [[nodiscard]] std::optional<double> estimate(double seconds) const;

private:
  double m_rate = 0;  ///< fraction a second, over the last quarter or so of the time
  double m_markSeconds = 0;
  double m_markFraction = 0;
};

/// "12 s", "3 min 05 s", "1 h 20 min".
[[nodiscard]] std::string describeSeconds(double seconds);

}  // namespace volpress::engine
