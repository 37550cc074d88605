#include "tests/cli/run_program.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <numbers>
#include <sstream>
#include <thread>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/test_data.hpp"

namespace volpress::testing {

Outcome runShell(const std::string& line, const std::filesystem::path& folder,
                 int interruptAfterMs) {
  const std::filesystem::path captured = scratchFolder("captured");
  const std::filesystem::path output = captured / "output";
  const std::filesystem::path errors = captured / "errors";
  ::setenv("V", programPath().c_str(), 1);
  const auto start = std::chrono::steady_clock::now();
  const pid_t process = ::fork();
  if (process == 0) {
    const int out = ::open(output.c_str(), O_WRONLY | O_CREAT, 0600);
    const int err = ::open(errors.c_str(), O_WRONLY | O_CREAT, 0600);
    const int in = ::open("/dev/null", O_RDONLY);
    ::dup2(in, 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    if (::chdir(folder.c_str()) != 0) {
      ::_exit(126);
    }
    ::execl("/bin/sh", "sh", "-c", line.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  if (interruptAfterMs >= 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(interruptAfterMs));
    ::kill(process, SIGINT);
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  Outcome outcome;
  outcome.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  outcome.exitCode = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  outcome.output = readText(output);
  outcome.errors = readText(errors);
  return outcome;
}

std::vector<std::string> namesIn(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    names.push_back(entry.path().filename().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::string readText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return std::move(text).str();
}

std::string smallViews(const std::filesystem::path& folder, std::size_t count) {
  std::string cameras;
  for (std::size_t i = 0; i < count; ++i) {
    const double angle = 2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(count);
    const double x = std::sin(angle);
    const double z = std::cos(angle);
    // Level, y down: the columns are right, down and forward in the scene's frame.
    cameras +=
        fmt::format(R"({}{{"id":{},"img_name":"view {}","width":128,"height":96,"fx":130,"fy":130,)"
                    R"("position":[{},0,{}],"rotation":[[{},0,{}],[0,1,0],[{},0,{}]]}})",
                    i == 0 ? "" : ",", i, i, 4 * x, 4 * z, -z, -x, x, -z);
  }
  std::ofstream(folder / "views.json") << "[" << cameras << "]";
  return " --views views.json ";
}

}  // namespace volpress::testing
