#include "app/engine/run_tool.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

// The environment of this process; POSIX leaves the declaration to the program.
extern char** environ;

namespace volpress::engine {
namespace {

constexpr std::size_t kMostOutput = 1U << 20U;

class Pipe {
public:
  Pipe() {
    if (::pipe2(m_ends.data(), O_CLOEXEC) != 0) {
      m_ends = {-1, -1};
    }
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    closeEnd(0);
    closeEnd(1);
  }
  [[nodiscard]] bool isOpen() const { return m_ends[0] >= 0; }
  [[nodiscard]] int end(std::size_t which) const { return m_ends.at(which); }
  void closeEnd(std::size_t which) {
    if (m_ends.at(which) >= 0) {
      ::close(m_ends.at(which));
      m_ends.at(which) = -1;
    }
  }

private:
  std::array<int, 2> m_ends{-1, -1};
};

/// Reads both pipes to their ends; what is over the limit is thrown away.
void readBoth(Pipe& output, std::string& printed, Pipe& errors, std::string& complaints) {
  while (output.end(0) >= 0 || errors.end(0) >= 0) {
    std::array<pollfd, 2> waiting{
        {{output.end(0), POLLIN, 0}, {errors.end(0), POLLIN, 0}}};  // poll skips those below 0
    if (::poll(waiting.data(), waiting.size(), -1) < 0 && errno != EINTR) {
      return;
    }
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      if (waiting.at(i).revents == 0) {
        continue;
      }
      std::array<char, 4096> buffer{};
      const ssize_t got = ::read(waiting.at(i).fd, buffer.data(), buffer.size());
      std::string& text = i == 0 ? printed : complaints;
      if (got > 0 && text.size() < kMostOutput) {
        text.append(buffer.data(), static_cast<std::size_t>(got));
      } else if (got == 0 || (got < 0 && errno != EINTR)) {
        (i == 0 ? output : errors).closeEnd(0);
      }
    }
  }
}

}  // namespace

Result<std::string> runTool(const std::vector<std::string>& arguments) {
  Pipe output;
  Pipe errors;
  if (!output.isOpen() || !errors.isOpen()) {
    return fail(ErrorCode::IoFailure, "{}: cannot make a pipe: {}", arguments.front(),
                std::generic_category().message(errno));
  }
  std::vector<std::string> words = arguments;
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions{};
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&actions, output.end(1), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, errors.end(1), STDERR_FILENO);
  pid_t process = 0;
  const int code =
      ::posix_spawnp(&process, pointers.front(), &actions, nullptr, pointers.data(), environ);
  ::posix_spawn_file_actions_destroy(&actions);
  output.closeEnd(1);
  errors.closeEnd(1);
  if (code != 0) {
    return fail(ErrorCode::IoFailure, "cannot run \"{}\": {}", arguments.front(),
                std::generic_category().message(code));
  }
  std::string printed;
  std::string complaints;
  readBoth(output, printed, errors, complaints);
  int status = 0;
  while (::waitpid(process, &status, 0) < 0 && errno == EINTR) {
  }
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
    while (!complaints.empty() && complaints.back() == '\n') {
      complaints.pop_back();
    }
    return fail(ErrorCode::IoFailure, "\"{}\" failed ({}): {}", arguments.front(),
                WIFEXITED(status) ? fmt::format("exit code {}", WEXITSTATUS(status))
                                  : fmt::format("signal {}", WTERMSIG(status)),
                complaints.empty() ? "it did not say why" : complaints);
  }
  return printed;
}

}  // namespace volpress::engine
