// What starting a child process takes: pipes to it, and the set-up of posix_spawn.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <spawn.h>
#include <unistd.h>

namespace volpress::engine {

/// The system's words for an errno.
[[nodiscard]] inline std::string systemReason(int code) {
  return std::generic_category().message(code);
}

/// The two ends of a pipe, closed when dropped; neither is inherited.
class Pipe {
public:
  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    closeReadEnd();
    closeWriteEnd();
  }
  /// False with errno set when the system has no more.
  [[nodiscard]] bool open() { return ::pipe2(m_ends.data(), O_CLOEXEC) == 0; }
  /// -1 once closed or taken.
  [[nodiscard]] int readEnd() const noexcept { return m_ends[0]; }
  [[nodiscard]] int writeEnd() const noexcept { return m_ends[1]; }
  /// The caller closes it from now on.
  [[nodiscard]] int takeReadEnd() noexcept { return std::exchange(m_ends[0], -1); }
  void closeReadEnd() noexcept { closeEnd(0); }
  void closeWriteEnd() noexcept { closeEnd(1); }

private:
  void closeEnd(std::size_t which) noexcept {
    if (m_ends.at(which) >= 0) {
      ::close(std::exchange(m_ends.at(which), -1));
    }
  }
  std::array<int, 2> m_ends{-1, -1};
};

/// Attributes and file actions of posix_spawn, freed when dropped.
struct SpawnSetup {
  posix_spawn_file_actions_t actions{};
  posix_spawnattr_t attributes{};
  SpawnSetup() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
};

}  // namespace volpress::engine
