// What the program says, where it says it, and how it hears Ctrl-C.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include <fmt/format.h>

#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"

namespace volpress::cli {

/// Exit codes of every command; kFindings is the doctor's.
enum ExitCode : int { kOk = 0, kFailed = 1, kUsage = 2, kFindings = 3, kCancelled = 130 };
[[nodiscard]] ExitCode exitCodeOf(const Error& error);

/// Results go to standard output, everything else to standard error. One per program: it takes over
/// SIGINT, SIGTERM and SIGHUP, which ask the running command to stop; a second one ends the
/// program.
class Console {
public:
  Console();
  Console(const Console&) = delete;
  Console& operator=(const Console&) = delete;
  ~Console();

  /// `json`: standard output carries one JSON value and nothing else. `quiet`: no progress, no
  /// notes.
  void configure(bool json, bool quiet);
  [[nodiscard]] bool json() const noexcept { return m_json; }
  [[nodiscard]] bool quiet() const noexcept { return m_quiet; }

  /// Asked to stop once a signal has come.
  [[nodiscard]] std::stop_token stopToken() const { return m_stop.get_token(); }
  void requestStop() { m_stop.request_stop(); }

  /// What the program exits with after a command that did its work.
  void setExitCode(ExitCode code) { m_exitCode = code; }
  [[nodiscard]] ExitCode exitCode() const noexcept { return m_exitCode; }

  /// A result for people: nothing with `json`.
  void print(std::string_view text);
  /// A result for programs: nothing without `json`.
  void printJson(std::string_view json);
  /// IoFailure when standard output has not taken all that was printed.
  [[nodiscard]] Result<void> checkPrinted() const;
  /// A remark on standard error.
  void note(std::string_view text) const;
  /// "volpress: ..." on standard error, and as JSON where that is asked for.
  void printError(const Error& error);

private:
  bool m_json = false;
  bool m_quiet = false;
  ExitCode m_exitCode = kOk;
  int m_printProblem = 0;  ///< errno of the first failed write to standard output
  std::stop_source m_stop;
  std::jthread m_signalWatch;
};

/// A progress bar with the time left, on a terminal only; gone when dropped.
class ProgressLine {
public:
  using Source = std::function<Progress::Snapshot()>;
  /// `source` is called from another thread, ten times a second.
  ProgressLine(const Console& console, Source source);
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;
  ~ProgressLine();

private:
  std::jthread m_thread;
};

/// The bar's text for a line of `width` characters.
[[nodiscard]] std::string progressText(const Progress::Snapshot& snapshot,
                                       const std::string& timeLeft, std::size_t width);

/// What was loaded from `path`, after a note for each of its warnings.
template <typename Loaded>
[[nodiscard]] Result<Loaded> noting(const std::string& path, Result<Loaded> loaded,
                                    Console& console) {
  for (std::size_t i = 0; loaded && i < loaded->warnings.size(); ++i) {
    console.note(fmt::format("note: {}: {}", path, loaded->warnings[i]));
  }
  return loaded;
}

}  // namespace volpress::cli
