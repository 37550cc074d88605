// The studio against kill -9, of itself and of its workers, at random moments of a walk through its
// window. $VOLPRESS_KILLS says how often (default 3), every second time a worker is killed before
// the studio; $VOLPRESS_KILL_WAIT_MS is the longest life of a studio, $VOLPRESS_KILL_SEED repeats a
// run.
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <random>
#include <sstream>
#include <string>
#include <thread>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/engine/process_facts.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/sample_scene.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::studio {
namespace {

using Clock = std::chrono::steady_clock;

unsigned numberFrom(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

class Studio {
public:
  Studio(const std::filesystem::path& cache, const std::filesystem::path& scene, unsigned seed) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    m_process = ::fork();
    if (m_process == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      const std::string number = std::to_string(seed);
      const std::string program = testing::programPath().string();
      ::execl(STUDIO_HOST, STUDIO_HOST, cache.c_str(), scene.c_str(), program.c_str(),
              number.c_str(), nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    m_output = ends[0];
    ::fcntl(m_output, F_SETFL, O_NONBLOCK);
  }
  Studio(const Studio&) = delete;
  Studio& operator=(const Studio&) = delete;
  ~Studio() {
    kill();
    ::close(m_output);
  }

  [[nodiscard]] pid_t process() const { return m_process; }

  void kill() {
    if (m_process > 0) {
      ::kill(m_process, SIGKILL);
      ::waitpid(m_process, nullptr, 0);
      m_process = 0;
    }
  }

  /// Everything it has written so far.
  const std::string& output() {
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(m_output, buffer.data(), buffer.size())) > 0;) {
      m_text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return m_text;
  }

  /// Results that it has shown: job and file.
  std::map<std::uint64_t, std::string> results() {
    std::map<std::uint64_t, std::string> found;
    std::istringstream lines(output());
    for (std::string line; std::getline(lines, line);) {
      std::istringstream words(line);
      std::string word;
      std::uint64_t job = 0;
      std::string file;
      if (words >> word >> job >> file && word == "result") {
        found[job] = file;
      }
    }
    return found;
  }

  template <typename Condition>
  bool waitFor(Condition condition, double seconds) {
    const auto end = Clock::now() + std::chrono::duration<double>(seconds);
    while (!condition()) {
      if (Clock::now() > end) {
        return false;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    return true;
  }

private:
  pid_t m_process = 0;
  int m_output = -1;
  std::string m_text;
};

std::vector<int> workersOf(pid_t parent) {
  std::vector<int> workers;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const int process = std::atoi(entry.path().filename().c_str());
    std::ifstream stat(entry.path() / "stat");
    std::string text;
    if (process > 0 && std::getline(stat, text)) {
      std::istringstream fields(text.substr(std::min(text.size(), text.rfind(')') + 1)));
      std::string state;
      int its = 0;
      if (fields >> state >> its && its == parent) {
        workers.push_back(process);
      }
    }
  }
  return workers;
}

TEST(StudioKill, everyResultIsThereAgainAndTheQueueGoesOn) {
  const unsigned kills = numberFrom("VOLPRESS_KILLS", 3);
  const unsigned seed = numberFrom("VOLPRESS_KILL_SEED", 1);
  const unsigned life = numberFrom("VOLPRESS_KILL_WAIT_MS", 6000);
  const double wait = 60;
  std::mt19937 random(seed);
  const auto cache = testing::scratchFolder("studio-kill");
  const auto scene = cache / "scene.ply";
  {
    SerialRunner runner;
    Progress progress;
    formats::IoContext io{runner, progress, {}, {}};
    ASSERT_TRUE(formats::saveCloud(scene, makeSampleScene(1, 0.02, runner), {}, io));
  }
  std::map<std::uint64_t, std::string> known;
  unsigned workersKilled = 0;
  std::vector<int> allWorkers;
  for (unsigned round = 0; round <= kills; ++round) {
    Studio studio(cache, scene, seed + round);
    ASSERT_TRUE(
        studio.waitFor([&] { return studio.output().find("started") != std::string::npos; }, wait));
    // Whatever was shown before is shown again, from the same file.
    const bool all = studio.waitFor(
        [&] {
          const auto shown = studio.results();
          return std::all_of(known.begin(), known.end(), [&](const auto& one) {
            const auto at = shown.find(one.first);
            return at != shown.end() && at->second == one.second;
          });
        },
        wait);
    ASSERT_TRUE(all) << known.size() << " results were shown before, now " << studio.output();
    for (const auto& [job, file] : known) {
      EXPECT_TRUE(std::filesystem::exists(file)) << file;
    }
    if (round == kills) {
      // Left alone, the queue brings new results.
      EXPECT_TRUE(studio.waitFor([&] { return studio.results().size() > known.size(); }, wait));
      known = studio.results();
      break;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(100 + random() % life));
    const std::vector<int> workers = workersOf(studio.process());
    allWorkers.insert(allWorkers.end(), workers.begin(), workers.end());
    if (!workers.empty() && round % 2 == 1) {
      ::kill(workers[random() % workers.size()], SIGKILL);
      ++workersKilled;
      std::this_thread::sleep_for(std::chrono::milliseconds(random() % 300));
    }
    studio.kill();
    known = studio.results();
  }
  std::size_t alive = 0;
  for (const int worker : allWorkers) {
    const auto facts = engine::processFacts(worker);
    alive += facts && facts->state != 'Z' && facts->state != 'X' ? 1U : 0U;
  }
  EXPECT_EQ(alive, 0U) << "workers outlived their studio";
  std::printf("%u studios and %u workers killed, %zu results at the end, seed %u\n", kills,
              workersKilled, known.size(), seed);
}

}  // namespace
}  // namespace volpress::studio
