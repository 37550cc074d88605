// What the system knows of another process, from /proc.
#pragma once

#include <cstdint>
#include <optional>

namespace volpress::engine {

struct ProcessFacts {
  char state = '?';              ///< 'R' runs, 'S' and 'D' sleep, 'T' is stopped, 'Z' has ended
  double cpuSeconds = 0;         ///< of all its threads, user and system
  std::uint64_t startTicks = 0;  ///< when it began, after boot: tells a reused id apart
  std::uint64_t residentBytes = 0;
};

/// Nothing when there is no such process.
[[nodiscard]] std::optional<ProcessFacts> processFacts(int process);

/// Ends the process `process` that began at `startTicks` at once, and waits until it is gone (at
/// most a second). Does nothing when that process ended, whoever has its id now.
void endProcess(int process, std::uint64_t startTicks);

/// From now on this process is asked to stop (SIGTERM) when the one that started it ends, however
/// that comes.
void stopWithParent();

}  // namespace volpress::engine
