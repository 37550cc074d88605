// Seconds that something took.
#pragma once

#include <chrono>

namespace volpress {

/// Seconds since `start`, by a clock that nobody sets.
[[nodiscard]] inline double secondsSince(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace volpress
