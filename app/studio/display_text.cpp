#include "app/studio/display_text.hpp"

#include <array>
#include <cmath>

#include <fmt/core.h>

namespace volpress::studio {
namespace {

/// Three significant figures without an exponent: "3.90", "56.7", "942".
std::string threeFigures(double value) {
  const int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  return fmt::format("{:.{}f}", value, decimals);
}

}  // namespace

std::string sizeText(std::uint64_t bytes) {
  if (bytes < 1000) {
    return fmt::format("{} B", bytes);
  }
  constexpr std::array kUnits{"kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes) / 1000.0;
  std::size_t unit = 0;
  while (value >= 999.5 && unit + 1 < kUnits.size()) {
    value /= 1000.0;
    ++unit;
  }
  return fmt::format("{} {}", threeFigures(value), kUnits[unit]);
}

std::string ratioText(double ratio) {
  if (!std::isfinite(ratio) || ratio <= 0) {
    return {};
  }
  return fmt::format("{:.{}f}×", ratio, ratio < 99.95 ? 1 : 0);
}

std::string decibelText(double decibels) {
  if (std::isnan(decibels)) {
    return "no quality";
  }
  if (decibels >= 100.0) {
    return "identical";
  }
  return fmt::format("{:.1f} dB", decibels);
}

std::string shareText(double share) {
  return share > 0 ? fmt::format("{:.2g} %", 100 * share) : "0";
}

std::string clockText(double seconds) {
  if (!(seconds >= 0) || !std::isfinite(seconds)) {
    seconds = 0;
  }
  const auto total = static_cast<std::uint64_t>(std::llround(std::min(seconds, 3.6e8)));
  const std::uint64_t hours = total / 3600;
  const std::uint64_t minutes = total / 60 % 60;
  if (hours > 0) {
    return fmt::format("{}:{:02}:{:02}", hours, minutes, total % 60);
  }
  return fmt::format("{}:{:02}", minutes, total % 60);
}

std::string secondsText(double seconds) {
  if (!std::isfinite(seconds) || seconds < 0) {
    return {};
  }
  if (seconds >= 120) {
    return clockText(seconds) + " min";
  }
  return threeFigures(seconds) + " s";
}

std::string countText(std::uint64_t count) {
  std::string digits = std::to_string(count);
  for (std::size_t at = digits.size(); at > 3; at -= 3) {
    digits.insert(at - 3, 1, ',');
  }
  return digits;
}

std::string bytesPerSplatText(std::uint64_t bytes, std::uint64_t splats) {
  if (splats == 0) {
    return {};
  }
  const double value = static_cast<double>(bytes) / static_cast<double>(splats);
  return threeFigures(value) + " B/splat";
}

}  // namespace volpress::studio
