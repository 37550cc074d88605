#include "app/engine/limited_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/engine/child_pipes.hpp"

// The environment of this process; POSIX leaves the declaration to the program.
extern char** environ;

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

constexpr int kPollMs = 20;
constexpr std::size_t kKeptWords = 2000;   // characters of what it says
constexpr std::size_t kQuotedWords = 400;  // of those in a message
constexpr int kNotStarted = 127;

/// Everything that the child needs, made before the fork: after it no memory may be taken.
struct Launch {
  std::vector<std::string> words, environment;
  std::vector<char*> arguments, variables;
  std::string folder;
  rlimit fileSize{};
  int output = -1;
  pid_t parent = 0;
};

std::vector<char*> pointersTo(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environmentIn(const fs::path& folder) {
  std::vector<std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!std::string_view(*variable).starts_with("TMPDIR=")) {
      variables.emplace_back(*variable);
    }
  }
  variables.push_back("TMPDIR=" + folder.string());
  return variables;
}

/// In the child: only calls that are allowed between a fork and an exec.
[[noreturn]] void launch(const Launch& what) {
  ::setpgid(0, 0);
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const rlimit none{0, 0};
  sigset_t empty{};
  ::sigemptyset(&empty);
  const int input = ::open("/dev/null", O_RDONLY);
  const bool ready =
      ::getppid() == what.parent && input >= 0 && ::dup2(input, STDIN_FILENO) >= 0 &&
      ::dup2(what.output, STDOUT_FILENO) >= 0 && ::dup2(what.output, STDERR_FILENO) >= 0 &&
      ::chdir(what.folder.c_str()) == 0 && ::setrlimit(RLIMIT_FSIZE, &what.fileSize) == 0 &&
      ::setrlimit(RLIMIT_CORE, &none) == 0 && ::sigprocmask(SIG_SETMASK, &empty, nullptr) == 0;
  for (const int signal : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGXFSZ}) {
    ::signal(signal, SIG_DFL);
  }
  if (ready) {
    ::execve(what.arguments.front(), what.arguments.data(), what.variables.data());
  }
  ::_exit(kNotStarted);
}

struct FolderBytes {
  std::uint64_t sum = 0;
  std::uint64_t largest = 0;
};

/// What files below a folder take; links are not followed.
FolderBytes bytesBelow(const fs::path& folder) {
  FolderBytes bytes;
  std::error_code problem;
  for (fs::recursive_directory_iterator at(folder, problem);
       !problem && at != fs::recursive_directory_iterator(); at.increment(problem)) {
    std::error_code gone;  // files come and go meanwhile
    if (at->symlink_status(gone).type() == fs::file_type::regular) {
      const std::uint64_t size = at->file_size(gone);
      bytes.sum += gone ? 0 : size;
      bytes.largest = std::max(bytes.largest, gone ? 0 : size);
    }
  }
  return bytes;
}

/// The last of what it said, on one line.
std::string lastWords(const std::string& said) {
  std::string words = said.substr(said.size() - std::min(said.size(), kQuotedWords));
  std::replace_if(
      words.begin(), words.end(), [](unsigned char c) { return c < ' ' || c == 0x7F; }, ' ');
  words.erase(words.find_last_not_of(' ') + 1);
  return words.empty() ? "it did not say why" : "it said: " + words;
}

class Child {
public:
  Child(pid_t id, int output) : m_id(id), m_output(output) {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() {
    // What it started may have outlived it. The leader is not reaped yet, so that the group's
    // number is still its own.
    ::kill(-m_id, SIGKILL);
    ::kill(m_id, SIGKILL);
    int status = 0;
    while (::waitpid(m_id, &status, 0) < 0 && errno == EINTR) {
    }
  }

  /// Whether it has ended; it stays a zombie.
  [[nodiscard]] bool hasEnded(siginfo_t& how) const {
    how = {};
    return ::waitid(P_PID, static_cast<id_t>(m_id), &how, WEXITED | WNOHANG | WNOWAIT) == 0 &&
           how.si_pid == m_id;
  }

  /// Takes what it says, waiting a moment for it.
  void listen(std::string& said) {
    pollfd waiting{m_output, POLLIN, 0};
    if (m_output < 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(kPollMs));
      return;
    }
    if (::poll(&waiting, 1, kPollMs) <= 0) {
      return;
    }
    std::array<char, 4096> buffer{};
    const ssize_t got = ::read(m_output, buffer.data(), buffer.size());
    if (got > 0) {
      said.append(buffer.data(), static_cast<std::size_t>(got));
      said.erase(0, said.size() - std::min(said.size(), kKeptWords));
    } else if (got == 0) {
      m_output = -1;  // it closed its end; the pipe's owner closes ours
    }
  }

private:
  pid_t m_id;
  int m_output;
};

}  // namespace

Result<fs::path> findProgram(const std::string& word) {
  if (word.find('/') != std::string::npos) {
    return ::access(word.c_str(), X_OK) == 0
               ? Result<fs::path>(word)
               : fail(ErrorCode::IoFailure, "\"{}\" cannot be run: {}", word, systemReason(errno));
  }
  const char* variable = std::getenv("PATH");
  std::string_view rest = variable == nullptr ? "/usr/bin:/bin" : variable;
  while (!rest.empty()) {
    const std::string_view folder = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), folder.size() + 1));
    const fs::path program = fs::path(folder) / word;
    std::error_code ignored;
    if (!folder.empty() && ::access(program.c_str(), X_OK) == 0 &&
        fs::is_regular_file(program, ignored)) {
      return program;
    }
  }
  return fail(ErrorCode::IoFailure, "there is no program \"{}\" along PATH; install it", word);
}

Result<void> runLimited(const std::vector<std::string>& arguments, const fs::path& folder,
                        const ProcessLimits& limits, const std::stop_token& stop) {
  VOLPRESS_TRY(const fs::path program, findProgram(arguments.front()));
  Pipe output;
  if (!output.open()) {
    return fail(ErrorCode::IoFailure, "{}: cannot make a pipe: {}", program.string(),
                systemReason(errno));
  }
  Launch what;
  what.words = arguments;
  what.words.front() = program.string();
  what.environment = environmentIn(folder);
  what.arguments = pointersTo(what.words);
  what.variables = pointersTo(what.environment);
  what.folder = folder.string();
  what.fileSize = {limits.bytes, limits.bytes};
  what.output = output.writeEnd();
  what.parent = ::getpid();
  const pid_t id = ::fork();
  if (id == 0) {
    launch(what);
  }
  if (id < 0) {
    return fail(ErrorCode::IoFailure, "{}: cannot be started: {}", program.string(),
                systemReason(errno));
  }
  ::setpgid(id, id);  // both sides ask for it: whichever comes first
  output.closeWriteEnd();
  Child child(id, output.readEnd());
  const FolderBytes before = bytesBelow(folder);
  // The system ends who lets one file grow over the limit; that may be a child of the program,
  // which then says something of its own.
  const auto wroteTooMuch = [&](bool ended) {
    const FolderBytes now = bytesBelow(folder);
    return now.sum > before.sum + limits.bytes ||
           (ended && now.largest >= limits.bytes && now.largest > before.largest);
  };
  const auto tooMuch = [&] {
    return fail(ErrorCode::IoFailure, "\"{}\" was ended: it wrote more than the {} bytes allowed",
                arguments.front(), limits.bytes);
  };
  std::string said;
  siginfo_t how{};
  const auto start = Clock::now();
  while (!child.hasEnded(how)) {
    if (stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    child.listen(said);
    if (std::chrono::duration<double>(Clock::now() - start).count() > limits.seconds) {
      return fail(ErrorCode::IoFailure, "\"{}\" was ended: it took longer than {:g} seconds; {}",
                  arguments.front(), limits.seconds, lastWords(said));
    }
    if (wroteTooMuch(false)) {
      return tooMuch();
    }
  }
  child.listen(said);
  if (how.si_code == CLD_EXITED && how.si_status == 0) {
    return {};
  }
  if (wroteTooMuch(true)) {
    return tooMuch();
  }
  return fail(ErrorCode::IoFailure, "\"{}\" failed ({} {}); {}", arguments.front(),
              how.si_code == CLD_EXITED ? "exit code" : "signal", how.si_status, lastWords(said));
}

}  // namespace volpress::engine
