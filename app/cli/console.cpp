#include "app/cli/console.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "app/engine/json_text.hpp"
#include "app/engine/time_left.hpp"

namespace volpress::cli {
namespace {

constexpr std::chrono::milliseconds kSignalPoll{20};
constexpr std::chrono::milliseconds kDrawPoll{100};

// Signal handlers may touch lock-free atomics only.
std::atomic<bool> gSignalled{false};
static_assert(std::atomic<bool>::is_always_lock_free);

extern "C" void onSignal(int number) {
  gSignalled.store(true);
  // The next one of this kind ends the program at once.
  std::signal(number, SIG_DFL);
}

/// 0, or the errno of the failure.
int write(std::FILE* stream, std::string_view text) {
  errno = 0;
  const bool whole = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  return std::fflush(stream) == 0 && whole ? 0 : errno;
}

std::size_t terminalWidth() {
  winsize size{};
  const bool known = ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
  return known ? size.ws_col : 80;
}

}  // namespace

ExitCode exitCodeOf(const Error& error) {
  switch (error.code) {
    case ErrorCode::Cancelled: return kCancelled;
    case ErrorCode::InvalidParameter: return kUsage;
    default: return kFailed;
  }
}

Console::Console()
    : m_signalWatch([this](const std::stop_token& end) {
        while (!end.stop_requested()) {
          if (gSignalled.load()) {
            m_stop.request_stop();
          }
          std::this_thread::sleep_for(kSignalPoll);
        }
      }) {
  std::signal(SIGINT, onSignal);
  std::signal(SIGTERM, onSignal);
  std::signal(SIGHUP, onSignal);
  // A closed pipe or a file size limit shows as an error of the write, which has a message.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

Console::~Console() = default;

void Console::configure(bool json, bool quiet) {
  m_json = json;
  m_quiet = quiet;
}

void Console::print(std::string_view text) {
  if (!m_json && m_printProblem == 0) {
    m_printProblem = write(stdout, text);
  }
}

void Console::printJson(std::string_view json) {
  if (m_json && m_printProblem == 0) {
    m_printProblem = write(stdout, std::string(json) + "\n");
  }
}

Result<void> Console::checkPrinted() const {
  if (m_printProblem != 0) {
    return fail(ErrorCode::IoFailure, "cannot write to standard output: {}",
                std::generic_category().message(m_printProblem));
  }
  return {};
}

void Console::note(std::string_view text) const {
  if (!m_quiet) {
    write(stderr, fmt::format("{}\n", text));
  }
}

void Console::printError(const Error& error) {
  std::string message = error.message;
  if (message.find("No space left on device") != std::string::npos) {
    message += "; free some space or write elsewhere; nothing was left behind";
  }
  write(stderr, fmt::format("volpress: {}\n", message));
  engine::Json json;
  json["error"] = {{"code", errorCodeName(error.code)}, {"message", message}};
  if (error.byteOffset) {
    json["error"]["byteOffset"] = *error.byteOffset;
  }
  printJson(engine::dumpJson(json, 2));
}

std::string progressText(const Progress::Snapshot& snapshot, const std::string& timeLeft,
                         std::size_t width) {
  constexpr std::size_t kBar = 24;
  const auto filled = static_cast<std::size_t>(std::clamp(snapshot.fraction, 0.0, 1.0) * kBar);
  std::string text = fmt::format("[{}{}] {:3.0f}%", std::string(filled, '#'),
                                 std::string(kBar - filled, '-'), 100 * snapshot.fraction);
  for (const std::string& part : {snapshot.stage, snapshot.detail, timeLeft}) {
    text += part.empty() ? "" : "  " + part;
  }
  // The last column stays free: writing it would wrap the line on some terminals.
  return text.substr(0, width > 1 ? width - 1 : 0);
}

ProgressLine::ProgressLine(const Console& console, Source source) {
  if (console.quiet() || ::isatty(STDERR_FILENO) == 0) {
    return;
  }
  m_thread = std::jthread([source = std::move(source)](const std::stop_token& end) {
    using Clock = std::chrono::steady_clock;
    const auto start = Clock::now();
    engine::TimeLeft timeLeft;
    while (!end.stop_requested()) {
      const Progress::Snapshot snapshot = source();
      const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
      timeLeft.update(seconds, snapshot.fraction);
      const auto left = timeLeft.estimate(seconds);
      const std::string words = left ? engine::describeSeconds(*left) + " left" : std::string();
      write(stderr, "\r\033[K" + progressText(snapshot, words, terminalWidth()));
      std::this_thread::sleep_for(kDrawPoll);
    }
    write(stderr, "\r\033[K");
  });
}

ProgressLine::~ProgressLine() = default;

}  // namespace volpress::cli
