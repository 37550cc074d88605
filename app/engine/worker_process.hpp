// One worker process: started with a job on its standard input, read line by line.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress::engine {

/// A child process and its pipes. Move-only. All calls return at once; whoever owns it polls.
class WorkerProcess {
public:
  /// How the process ended.
  struct Ending {
    bool bySignal = false;
    int number = 0;  ///< exit code or signal
  };

  /// Runs `<program> worker` and hands it `input` on standard input. The child gets no descriptor
  /// of ours but its three pipes, and default signal handling.
  [[nodiscard]] static Result<WorkerProcess> start(const std::filesystem::path& program,
                                                   std::string_view input);

  WorkerProcess(WorkerProcess&& other) noexcept;
  WorkerProcess& operator=(WorkerProcess&& other) noexcept;  ///< swaps
  /// Kills the process if it still runs, and reaps it.
  ~WorkerProcess();

  [[nodiscard]] int id() const noexcept { return m_id; }
  /// Descriptors to poll for input.
  [[nodiscard]] int outputDescriptor() const noexcept { return m_output; }
  [[nodiscard]] int errorDescriptor() const noexcept { return m_errors; }

  /// Whole lines that have arrived since the last call. A line over 64 MiB is cut there.
  [[nodiscard]] std::vector<std::string> readOutput();
  [[nodiscard]] std::vector<std::string> readErrors();

  /// Whether it ended; true once, from then on `ending` holds.
  [[nodiscard]] bool reap();
  [[nodiscard]] const Ending& ending() const noexcept { return m_ending; }

  void terminate() const;  ///< asks it to stop (SIGTERM)
  void kill() const;       ///< ends it (SIGKILL)
  void stop() const;       ///< sends it to sleep where it is (SIGSTOP)
  void resume() const;     ///< wakes it (SIGCONT)

private:
  WorkerProcess() = default;
  int m_id = 0;
  int m_output = -1;
  int m_errors = -1;
  bool m_running = false;
  Ending m_ending;
  std::string m_outputRest;
  std::string m_errorRest;
};

/// How it ended, in words for people: what happened and what one can do.
[[nodiscard]] std::string describeEnding(const WorkerProcess::Ending& ending);

/// Removes the temporary siblings that a dead process left beside `target`
/// ("<target>.part-<process>-<n>", as AtomicFile names them).
void removePartialFiles(const std::filesystem::path& target, int process);

}  // namespace volpress::engine
