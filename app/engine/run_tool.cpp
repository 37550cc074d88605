#include "app/engine/run_tool.hpp"

#include <array>
#include <cerrno>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/engine/child_pipes.hpp"

// The environment of this process; POSIX leaves the declaration to the program.
extern char** environ;

namespace volpress::engine {
namespace {

constexpr std::size_t kMostOutput = 1U << 20U;

/// Reads both pipes to their ends; what is over the limit is thrown away.
void readBoth(Pipe& output, std::string& printed, Pipe& errors, std::string& complaints) {
  while (output.readEnd() >= 0 || errors.readEnd() >= 0) {
    std::array<pollfd, 2> waiting{{{output.readEnd(), POLLIN, 0},
                                   {errors.readEnd(), POLLIN, 0}}};  // poll skips those below 0
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
        (i == 0 ? output : errors).closeReadEnd();
      }
    }
  }
}

}  // namespace

Result<std::string> runTool(const std::vector<std::string>& arguments) {
  Pipe output;
  Pipe errors;
  if (!output.open() || !errors.open()) {
    return fail(ErrorCode::IoFailure, "{}: cannot make a pipe: {}", arguments.front(),
                systemReason(errno));
  }
  std::vector<std::string> words = arguments;
  std::vector<char*> pointers;
  for (std::string& word : words) {
    pointers.push_back(word.data());
  }
  pointers.push_back(nullptr);
  SpawnSetup setup;
  ::posix_spawn_file_actions_addopen(&setup.actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(&setup.actions, output.writeEnd(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&setup.actions, errors.writeEnd(), STDERR_FILENO);
  pid_t process = 0;
  const int code =
      ::posix_spawnp(&process, pointers.front(), &setup.actions, nullptr, pointers.data(), environ);
  output.closeWriteEnd();
  errors.closeWriteEnd();
  if (code != 0) {
    return fail(ErrorCode::IoFailure, "cannot run \"{}\": {}", arguments.front(),
                systemReason(code));
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
