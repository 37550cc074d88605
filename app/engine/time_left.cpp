#include "app/engine/time_left.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/core.h>

namespace volpress::engine {
namespace {

constexpr double kFirstEstimateSeconds = 1;
constexpr double kSampleSeconds = 0.25;

}  // namespace

void TimeLeft::update(double seconds, double fraction) {
  const double span = seconds - m_markSeconds;
  if (span < kSampleSeconds) {
    return;
  }
  const double rate = std::max(0.0, fraction - m_markFraction) / span;
  // The memory grows with the time spent: quick jobs adapt quickly, long ones stay calm.
  const double memory = std::max(1.0, 0.25 * seconds);
  const double weight = std::min(1.0, span / memory);
  const double recent = m_rate + weight * (rate - m_rate);
  m_rate = m_rate == 0 ? fraction / seconds : recent;
  m_markSeconds = seconds;
  m_markFraction = fraction;
}

std::optional<double> TimeLeft::estimate(double seconds) const {
  if (seconds < kFirstEstimateSeconds || m_rate <= 0 || m_markFraction <= 0) {
    return std::nullopt;
  }
  // Half recent rate, half average: the first follows, the second steadies.
  const double average = m_markFraction / m_markSeconds;
  const double left = (1 - m_markFraction) / (0.5 * (m_rate + average));
  return std::max(0.0, left - (seconds - m_markSeconds));
}

std::string describeSeconds(double seconds) {
  const auto whole = static_cast<long>(std::ceil(std::max(0.0, seconds)));
  if (whole < 60) {
    return fmt::format("{} s", whole);
  }
  if (whole < 3600) {
    return fmt::format("{} min {:02} s", whole / 60, whole % 60);
  }
  return fmt::format("{} h {:02} min", whole / 3600, whole % 3600 / 60);
}

}  // namespace volpress::engine
