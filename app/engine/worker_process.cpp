#include "app/engine/worker_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/engine/child_pipes.hpp"

// The environment of this process; POSIX leaves the declaration to the program.
extern char** environ;

namespace volpress::engine {
namespace {

constexpr std::size_t kMaxLine = 64U << 20U;

void closeDescriptor(int& descriptor) {
  if (descriptor >= 0) {
    ::close(std::exchange(descriptor, -1));
  }
}

/// Takes what the descriptor has to give, and cuts off the whole lines.
std::vector<std::string> readLines(int descriptor, std::string& rest) {
  std::array<char, 65536> buffer{};
  while (true) {
    const ssize_t got = ::read(descriptor, buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      break;
    }
    rest.append(buffer.data(), static_cast<std::size_t>(got));
    if (rest.size() > kMaxLine) {
      rest.push_back('\n');
      break;
    }
  }
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (std::size_t end = rest.find('\n'); end != std::string::npos; end = rest.find('\n', begin)) {
    lines.push_back(rest.substr(begin, end - begin));
    begin = end + 1;
  }
  rest.erase(0, begin);
  return lines;
}

}  // namespace

Result<WorkerProcess> WorkerProcess::start(const std::filesystem::path& program,
                                           std::string_view input) {
  Pipe output;
  Pipe errors;
  // Standard input is a socket pair: writing to a worker that died must not raise SIGPIPE here.
  std::array<int, 2> inputEnds{-1, -1};
  if (!output.open() || !errors.open() ||
      ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, inputEnds.data()) != 0) {
    return fail(ErrorCode::IoFailure, "cannot make pipes to a worker: {}", systemReason(errno));
  }
  SpawnSetup setup;
  ::posix_spawn_file_actions_adddup2(&setup.actions, inputEnds[1], STDIN_FILENO);
  ::posix_spawn_file_actions_adddup2(&setup.actions, output.writeEnd(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&setup.actions, errors.writeEnd(), STDERR_FILENO);
  sigset_t all{};
  sigset_t none{};
  ::sigfillset(&all);
  ::sigemptyset(&none);
  ::posix_spawnattr_setsigdefault(&setup.attributes, &all);
  ::posix_spawnattr_setsigmask(&setup.attributes, &none);
  // A process group of its own: Ctrl-C on the terminal reaches the parent alone, which then
  // cancels its workers in order.
  ::posix_spawnattr_setpgroup(&setup.attributes, 0);
  ::posix_spawnattr_setflags(
      &setup.attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP);

  std::string name = program.string();
  std::string command = "worker";
  std::array<char*, 3> arguments{name.data(), command.data(), nullptr};
  pid_t process = 0;
  const int code = ::posix_spawn(&process, program.c_str(), &setup.actions, &setup.attributes,
                                 arguments.data(), environ);
  ::close(inputEnds[1]);
  if (code != 0) {
    ::close(inputEnds[0]);
    return fail(ErrorCode::IoFailure, "{}: cannot start the worker: {}", program.string(),
                systemReason(code));
  }
  WorkerProcess worker;
  worker.m_id = process;
  worker.m_running = true;
  worker.m_output = output.takeReadEnd();
  worker.m_errors = errors.takeReadEnd();
  ::fcntl(worker.m_output, F_SETFL, O_NONBLOCK);
  ::fcntl(worker.m_errors, F_SETFL, O_NONBLOCK);

  // A job fits many times into the socket's buffer, so this never waits for the child; a child that
  // does not take it says so by ending.
  while (!input.empty()) {
    const ssize_t sent =
        ::send(inputEnds[0], input.data(), input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno == EINTR) {
      continue;
    }
    if (sent <= 0) {
      break;
    }
    input.remove_prefix(static_cast<std::size_t>(sent));
  }
  ::close(inputEnds[0]);
  return worker;
}

WorkerProcess::WorkerProcess(WorkerProcess&& other) noexcept { *this = std::move(other); }

WorkerProcess& WorkerProcess::operator=(WorkerProcess&& other) noexcept {
  std::swap(m_id, other.m_id);
  std::swap(m_output, other.m_output);
  std::swap(m_errors, other.m_errors);
  std::swap(m_running, other.m_running);
  std::swap(m_ending, other.m_ending);
  std::swap(m_outputRest, other.m_outputRest);
  std::swap(m_errorRest, other.m_errorRest);
  return *this;
}

WorkerProcess::~WorkerProcess() {
  if (m_running) {
    kill();
    int status = 0;
    while (::waitpid(m_id, &status, 0) < 0 && errno == EINTR) {
    }
  }
  closeDescriptor(m_output);
  closeDescriptor(m_errors);
}

std::vector<std::string> WorkerProcess::readOutput() { return readLines(m_output, m_outputRest); }

std::vector<std::string> WorkerProcess::readErrors() { return readLines(m_errors, m_errorRest); }

bool WorkerProcess::reap() {
  if (!m_running) {
    return false;
  }
  int status = 0;
  const pid_t got = ::waitpid(m_id, &status, WNOHANG);
  if (got == 0 || (got < 0 && errno == EINTR)) {
    return false;
  }
  m_running = false;
  m_ending.bySignal = got > 0 && WIFSIGNALED(status);
  m_ending.number = got < 0 ? -1 : m_ending.bySignal ? WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

void WorkerProcess::terminate() const {
  if (m_running) {
    ::kill(m_id, SIGTERM);
  }
}

void WorkerProcess::kill() const {
  if (m_running) {
    ::kill(m_id, SIGKILL);
  }
}

void WorkerProcess::stop() const {
  if (m_running) {
    ::kill(m_id, SIGSTOP);
  }
}

void WorkerProcess::resume() const {
  if (m_running) {
    ::kill(m_id, SIGCONT);
  }
}

std::string describeEnding(const WorkerProcess::Ending& ending) {
  if (!ending.bySignal) {
    return fmt::format(
        "the worker ended with exit code {} and without a result; its log may say why",
        ending.number);
  }
  switch (ending.number) {
    case SIGKILL:
      return "the worker was killed (signal 9): by hand, or by the system because memory ran out; "
             "close other programs or give the job fewer threads, then retry";
    case SIGTERM: return "the worker was ended from outside (signal 15); retry";
    case SIGXFSZ:
      return "the worker was ended (signal 25) because its file grew over the allowed file size; "
             "raise the limit (ulimit -f) or write elsewhere, then retry";
    case SIGXCPU:
      return "the worker was ended (signal 24) because it used up its allowed processor time; "
             "raise "
             "the limit (ulimit -t), then retry";
    default:
      return fmt::format(
          "the worker crashed (signal {}, {}); other jobs are not affected; please report it with "
          "the job's command line",
          ending.number, ::strsignal(ending.number));
  }
}

void removePartialFiles(const std::filesystem::path& target, int process) {
  const std::string prefix = fmt::format("{}.part-{}-", target.filename().string(), process);
  std::error_code ignored;
  const std::filesystem::path folder =
      target.has_parent_path() ? target.parent_path() : std::filesystem::path(".");
  std::filesystem::directory_iterator entry(folder, ignored);
  std::vector<std::filesystem::path> leftovers;
  for (; !ignored && entry != std::filesystem::directory_iterator(); entry.increment(ignored)) {
    if (entry->path().filename().string().starts_with(prefix)) {
      leftovers.push_back(entry->path());
    }
  }
  for (const std::filesystem::path& leftover : leftovers) {
    std::filesystem::remove_all(leftover, ignored);
  }
}

}  // namespace volpress::engine
