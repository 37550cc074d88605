// The queue against kill -9: of the program that holds it, and of its workers, at random moments.
// $VOLPRESS_KILLS says how often (default 8); $VOLPRESS_KILL_SEED repeats a run.
#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <random>
#include <set>
#include <sstream>
#include <string>
#include <thread>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "app/engine/process_facts.hpp"
#include "app/engine/queue_journal.hpp"
#include "scene/base/files.hpp"
#include "tests/support/test_data.hpp"

namespace volpress::engine {
namespace {

constexpr unsigned kJobs = 120;

unsigned numberFrom(const char* variable, unsigned otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr ? otherwise : static_cast<unsigned>(std::strtoul(text, nullptr, 10));
}

/// The program under test and what it has said so far.
class Host {
public:
  explicit Host(const std::filesystem::path& folder) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::pipe(ends.data()), 0);
    m_process = ::fork();
    if (m_process == 0) {
      ::dup2(ends[1], STDOUT_FILENO);
      ::close(ends[0]);
      ::close(ends[1]);
      const std::string jobs = std::to_string(kJobs);
      ::execl(QUEUE_HOST, QUEUE_HOST, folder.c_str(), FAKE_WORKER, jobs.c_str(), "recorded",
              nullptr);
      ::_exit(127);
    }
    ::close(ends[1]);
    m_output = ends[0];
  }
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;
  ~Host() {
    ::close(m_output);
    kill();
  }

  [[nodiscard]] pid_t process() const { return m_process; }

  void kill() {
    if (m_process > 0) {
      ::kill(m_process, SIGKILL);
      ::waitpid(m_process, nullptr, 0);
      m_process = 0;
    }
  }

  /// Everything it wrote until it ended; call after `kill`, or to wait for its own end.
  std::string output() {
    std::string text;
    std::array<char, 4096> buffer{};
    for (ssize_t got = 0; (got = ::read(m_output, buffer.data(), buffer.size())) > 0;) {
      text.append(buffer.data(), static_cast<std::size_t>(got));
    }
    return text;
  }

private:
  pid_t m_process = 0;
  int m_output = -1;
};

/// Ids after "done" in what a host wrote.
std::set<std::uint64_t> doneIn(const std::string& text) {
  std::set<std::uint64_t> ids;
  std::istringstream words(text);
  std::string word;
  for (std::uint64_t id = 0; words >> word;) {
    if (word == "done" && words >> id) {
      ids.insert(id);
    }
  }
  return ids;
}

/// Those that run the worker's program already: one that is stopped between fork and exec, before
/// it has asked to end with its parent, would stay and hold the pipe open.
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
      std::error_code gone;
      if (fields >> state >> its && its == parent &&
          std::filesystem::read_symlink(entry.path() / "exe", gone) == FAKE_WORKER) {
        workers.push_back(process);
      }
    }
  }
  return workers;
}

TEST(QueueKill, nothingDoneIsLostAndTheQueueGoesOn) {
  const unsigned kills = numberFrom("VOLPRESS_KILLS", 8);
  const unsigned seed = numberFrom("VOLPRESS_KILL_SEED", 1);
  std::mt19937 random(seed);
  const auto folder = testing::scratchFolder("queue-kill");
  std::filesystem::create_directories(folder / "results");
  std::set<std::uint64_t> done;
  unsigned hostsKilled = 0;
  unsigned workersKilled = 0;
  std::set<int> everyWorker;
  while (hostsKilled < kills) {
    Host host(folder);
    const auto pause = std::chrono::milliseconds(40 + random() % 600);
    std::this_thread::sleep_for(pause / 2);
    const std::vector<int> workers = workersOf(host.process());
    everyWorker.insert(workers.begin(), workers.end());
    if (!workers.empty() && workersKilled < kills && random() % 2 == 0) {
      ::kill(workers.front(), SIGKILL);
      ++workersKilled;
    }
    if (workers.size() > 1 && random() % 3 == 0) {
      ::kill(workers.back(), SIGSTOP);  // a paused worker must not stay behind either
    }
    std::this_thread::sleep_for(pause / 2);
    host.kill();
    ++hostsKilled;
    const std::set<std::uint64_t> told = doneIn(host.output());
    done.insert(told.begin(), told.end());

    // What the next program finds.
    if (std::filesystem::exists(folder / "queue" / "queue.json")) {
      const auto file = MappedFile::open(folder / "queue" / "queue.json");
      ASSERT_TRUE(file);
      auto journal = journalFromJson(viewText(file->bytes()));
      ASSERT_TRUE(journal) << journal.error().message;
      settleJournal(*journal);
      for (const std::uint64_t id : done) {
        const auto at = std::find_if(journal->jobs.begin(), journal->jobs.end(),
                                     [&](const JournalJob& job) { return job.status.id == id; });
        ASSERT_NE(at, journal->jobs.end()) << "job " << id << " is gone";
        EXPECT_EQ(at->status.state, JobState::Done) << "job " << id << " was done before";
        EXPECT_TRUE(std::filesystem::exists(at->status.spec.output));
      }
    }
    if (::testing::Test::HasFailure()) {
      break;
    }
  }
  Host last(folder);
  const std::string text = last.output();
  EXPECT_NE(text.find("end\n"), std::string::npos) << "the queue did not come to its end";
  std::size_t whole = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "results")) {
    EXPECT_EQ(entry.path().extension(), ".vpc") << "a partial file stayed: " << entry.path();
    whole += entry.file_size() == 5 ? 1U : 0U;
  }
  const std::set<std::uint64_t> atEnd = doneIn(text);
  EXPECT_GE(atEnd.size() + workersKilled, kJobs);
  // One that is killed between its output and its record leaves a file without a result.
  EXPECT_GE(whole, atEnd.size()) << "every result has its file";
  EXPECT_LE(whole, atEnd.size() + workersKilled) << "and every file but theirs its result";
  std::size_t alive = 0;
  for (const int worker : everyWorker) {
    const auto facts = processFacts(worker);
    alive += facts && facts->state != 'Z' && facts->state != 'X' ? 1U : 0U;
  }
  EXPECT_EQ(alive, 0U) << "workers outlived their program";
  std::printf(
      "%u programs and %u workers killed, %zu results of %u seen, %zu at the end, seed %u\n",
      hostsKilled, workersKilled, done.size(), kJobs, atEnd.size(), seed);
}

}  // namespace
}  // namespace volpress::engine
