#include "tests/support/crash_trace.hpp"

#if __has_include(<execinfo.h>)
#include <array>
#include <csignal>

#include <execinfo.h>
#include <unistd.h>
#endif

namespace volpress::testing {

#if __has_include(<execinfo.h>)
namespace {

constexpr int kFrames = 64;

// Only what may be called from a signal handler.
void writeFrames(int signal) {
  std::array<void*, kFrames> frames{};
  backtrace_symbols_fd(frames.data(), backtrace(frames.data(), kFrames), STDERR_FILENO);
  static_cast<void>(std::signal(signal, SIG_DFL));
  static_cast<void>(std::raise(signal));
}

}  // namespace

void traceCrashes() {
  std::array<void*, 1> first{};
  static_cast<void>(backtrace(first.data(), 1));  // loads what it needs now: the handler must not
  for (const int signal : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT}) {
    static_cast<void>(std::signal(signal, writeFrames));
  }
}
#else
void traceCrashes() {}
#endif

}  // namespace volpress::testing
