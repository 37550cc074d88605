#include "app/studio/gesture.hpp"

#include <chrono>

namespace volpress::studio {

std::uint64_t gestureOf(const void* thing, bool ends) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::milliseconds kPause{1200};  // changes further apart are two steps
  static const void* last = nullptr;
  static Clock::time_point at;
  static std::uint64_t number = 1;
  const Clock::time_point now = Clock::now();
  if (thing != last || now - at > kPause) {
    ++number;
  }
  last = ends ? nullptr : thing;
  at = now;
  return number;
}

}  // namespace volpress::studio
