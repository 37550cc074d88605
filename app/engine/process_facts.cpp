#include "app/engine/process_facts.hpp"

#include <chrono>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <thread>

#include <fmt/core.h>
#include <sys/prctl.h>
#include <unistd.h>

namespace volpress::engine {

std::optional<ProcessFacts> processFacts(int process) {
  if (process <= 0) {
    return std::nullopt;
  }
  std::ifstream file(fmt::format("/proc/{}/stat", process));
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  // The name stands in brackets and may hold anything: the fields go on after the last one.
  const std::size_t name = text.rfind(')');
  if (name == std::string::npos) {
    return std::nullopt;
  }
  std::istringstream fields(text.substr(name + 1));
  ProcessFacts facts;
  fields >> facts.state;
  constexpr int kUserTime = 14;  // numbered as in proc(5)
  constexpr int kSystemTime = 15;
  constexpr int kStart = 22;
  constexpr int kResident = 24;
  double ticks = 0;
  for (int field = 4; field <= kResident; ++field) {
    std::string word;
    if (!(fields >> word)) {
      return std::nullopt;
    }
    if (field == kUserTime || field == kSystemTime) {
      ticks += std::strtod(word.c_str(), nullptr);
    } else if (field == kStart) {
      facts.startTicks = std::strtoull(word.c_str(), nullptr, 10);
    } else if (field == kResident) {
      facts.residentBytes = std::strtoull(word.c_str(), nullptr, 10) *
                            static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    }
  }
  facts.cpuSeconds = ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  return facts;
}

void endProcess(int process, std::uint64_t startTicks) {
  const auto lives = [&] {
    const auto facts = processFacts(process);
    return facts && facts->startTicks == startTicks && facts->state != 'Z';
  };
  if (!lives()) {
    return;
  }
  ::kill(process, SIGKILL);
  constexpr int kWaits = 200;
  for (int i = 0; i < kWaits && lives(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
}

void stopWithParent() { ::prctl(PR_SET_PDEATHSIG, SIGTERM); }

}  // namespace volpress::engine
