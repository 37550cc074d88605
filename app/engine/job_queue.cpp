#include "app/engine/job_queue.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/engine/time_left.hpp"
#include "app/engine/worker_messages.hpp"
#include "app/engine/worker_process.hpp"

namespace volpress::engine {
namespace {

using Clock = std::chrono::steady_clock;

// A worker is asked to stop, and ended when it has not after this: both within 200 ms.
constexpr std::chrono::milliseconds kCancelGrace{100};
constexpr int kIdlePollMs = 100;
constexpr int kCancelPollMs = 5;
constexpr std::size_t kMaxLogLines = 2000;
constexpr std::size_t kShownErrorLines = 3;

double secondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// One spelling for every way to name a path, whether it exists or not.
std::filesystem::path comparable(const std::filesystem::path& path) {
  std::error_code code;
  const std::filesystem::path whole = std::filesystem::weakly_canonical(path, code);
  return code ? std::filesystem::absolute(path, code).lexically_normal() : whole;
}

struct Entry {
  JobStatus status;
  std::optional<WorkerProcess> worker;
  Clock::time_point started;
  TimeLeft timeLeft;
  bool cancelAsked = false;
  bool killed = false;
  Clock::time_point cancelledAt;
  std::optional<Error> reported;  ///< the worker's own account of its failure

  [[nodiscard]] bool active() const {
    return status.state == JobState::Queued || status.state == JobState::Running;
  }
};

void addLog(Entry& entry, std::string line) {
  if (entry.status.log.size() < kMaxLogLines) {
    entry.status.log.push_back(std::move(line));
  } else if (entry.status.log.size() == kMaxLogLines) {
    entry.status.log.emplace_back("(further lines are not kept)");
  }
}

void take(Entry& entry, WorkerMessage message) {
  if (auto* snapshot = std::get_if<Progress::Snapshot>(&message)) {
    entry.status.fraction = std::max(entry.status.fraction, snapshot->fraction);
    entry.status.stage = std::move(snapshot->stage);
    entry.status.detail = std::move(snapshot->detail);
  } else if (auto* log = std::get_if<LogMessage>(&message)) {
    addLog(entry, std::move(log->line));
  } else if (auto* result = std::get_if<ResultMessage>(&message)) {
    entry.status.evaluation = std::move(result->evaluation);
  } else if (auto* error = std::get_if<Error>(&message)) {
    entry.reported = std::move(*error);
  }
}

}  // namespace

class JobQueue::Impl {
public:
  Impl(std::filesystem::path program, std::size_t maxRunning)
      : m_program(std::move(program)),
        m_maxRunning(std::max<std::size_t>(maxRunning, 1)),
        m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
        m_thread([this](const std::stop_token& stop) { run(stop); }) {}
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    m_thread.request_stop();
    wake();
    m_thread.join();
    ::close(m_wake);
  }

  Result<std::uint64_t> add(JobSpec spec) {
    const std::filesystem::path output = comparable(spec.output);
    if (output == comparable(spec.input)) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: the result would replace the scene it is made from; choose another name",
                  spec.output.string());
    }
    const std::scoped_lock lock(m_mutex);
    VOLPRESS_CHECK(checkFree(output, spec.output));
    Entry entry;
    entry.status.id = m_nextId++;
    entry.status.commandLine = repeatingCommand(spec);
    entry.status.spec = std::move(spec);
    const std::uint64_t id = entry.status.id;
    m_entries.push_back(std::move(entry));
    changed();
    return id;
  }

  void cancel(std::uint64_t id) {
    const std::scoped_lock lock(m_mutex);
    Entry* entry = find(id);
    if (entry == nullptr || !entry->active()) {
      return;
    }
    if (entry->worker) {
      askToStop(*entry);
    } else {
      entry->status.state = JobState::Cancelled;
    }
    changed();
  }

  void retry(std::uint64_t id) {
    const std::scoped_lock lock(m_mutex);
    Entry* entry = find(id);
    if (entry == nullptr ||
        (entry->status.state != JobState::Failed && entry->status.state != JobState::Cancelled)) {
      return;
    }
    const JobSpec spec = entry->status.spec;
    if (auto free = checkFree(comparable(spec.output), spec.output); !free) {
      entry->status.error = free.error().message;
      changed();
      return;
    }
    Entry fresh;
    fresh.status.id = id;
    fresh.status.spec = spec;
    fresh.status.commandLine = entry->status.commandLine;
    *entry = std::move(fresh);
    changed();
  }

  void remove(std::uint64_t id) {
    const std::scoped_lock lock(m_mutex);
    const auto place = locate(id);
    if (place != m_entries.end() && place->status.state != JobState::Running) {
      m_entries.erase(place);
      changed();
    }
  }

  void moveUp(std::uint64_t id) {
    const std::scoped_lock lock(m_mutex);
    const auto place = locate(id);
    if (place != m_entries.end() && place != m_entries.begin()) {
      std::iter_swap(place, std::prev(place));
      changed();
    }
  }

  void moveDown(std::uint64_t id) {
    const std::scoped_lock lock(m_mutex);
    const auto place = locate(id);
    if (place != m_entries.end() && std::next(place) != m_entries.end()) {
      std::iter_swap(place, std::next(place));
      changed();
    }
  }

  std::vector<JobStatus> jobs() const {
    const std::scoped_lock lock(m_mutex);
    std::vector<JobStatus> statuses;
    statuses.reserve(m_entries.size());
    for (const Entry& entry : m_entries) {
      statuses.push_back(entry.status);
    }
    return statuses;
  }

  std::uint64_t revision() const {
    const std::scoped_lock lock(m_mutex);
    return m_revision;
  }

  int workerProcess(std::uint64_t id) const {
    const std::scoped_lock lock(m_mutex);
    const auto place = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const Entry& entry) { return entry.status.id == id; });
    return place != m_entries.end() && place->worker ? place->worker->id() : 0;
  }

private:
  using Entries = std::vector<Entry>;

  Entries::iterator locate(std::uint64_t id) {
    return std::find_if(m_entries.begin(), m_entries.end(),
                        [&](const Entry& entry) { return entry.status.id == id; });
  }

  Entry* find(std::uint64_t id) {
    const auto place = locate(id);
    return place == m_entries.end() ? nullptr : &*place;
  }

  /// InvalidParameter when `output` (comparable form) is some waiting or running job's.
  Result<void> checkFree(const std::filesystem::path& output,
                         const std::filesystem::path& shown) const {
    for (const Entry& entry : m_entries) {
      if (entry.active() && comparable(entry.status.spec.output) == output) {
        return fail(ErrorCode::InvalidParameter,
                    "{}: another waiting or running job writes this file; choose another name or "
                    "cancel that job",
                    shown.string());
      }
    }
    return {};
  }

  void wake() const {
    const std::uint64_t one = 1;
    // A full counter means that a wake-up is pending already.
    [[maybe_unused]] const ssize_t written = ::write(m_wake, &one, sizeof(one));
  }

  void changed() {
    ++m_revision;
    wake();
  }

  static void askToStop(Entry& entry) {
    if (!entry.cancelAsked) {
      entry.cancelAsked = true;
      entry.cancelledAt = Clock::now();
      entry.worker->terminate();
    }
  }

  void startWaiting() {
    auto running = static_cast<std::size_t>(
        std::count_if(m_entries.begin(), m_entries.end(),
                      [](const Entry& entry) { return entry.worker.has_value(); }));
    for (Entry& entry : m_entries) {
      if (running >= m_maxRunning) {
        return;
      }
      if (entry.status.state != JobState::Queued) {
        continue;
      }
      auto worker = WorkerProcess::start(m_program, jobToJson(entry.status.spec) + "\n");
      ++m_revision;
      if (!worker) {
        entry.status.state = JobState::Failed;
        entry.status.error = worker.error().message;
        continue;
      }
      entry.worker.emplace(std::move(*worker));
      entry.started = Clock::now();
      entry.status.state = JobState::Running;
      entry.status.stage = "starting";
      ++running;
    }
  }

  /// Takes what a worker wrote, and whether it ended.
  void pump(Entry& entry) {
    const bool ended = entry.worker->reap();
    bool news = ended;
    for (std::string& line : entry.worker->readOutput()) {
      news = true;
      if (auto message = messageFromJson(line)) {
        take(entry, std::move(*message));
      } else {
        addLog(entry, std::move(line));
      }
    }
    for (std::string& line : entry.worker->readErrors()) {
      news = true;
      addLog(entry, std::move(line));
    }
    JobStatus& status = entry.status;
    const double seconds = secondsSince(entry.started);
    entry.timeLeft.update(seconds, status.fraction);
    status.secondsRunning = seconds;
    status.secondsLeft = entry.timeLeft.estimate(seconds);
    if (entry.cancelAsked && !entry.killed && Clock::now() - entry.cancelledAt > kCancelGrace) {
      entry.killed = true;
      entry.worker->kill();
    }
    if (ended) {
      finish(entry);
    }
    if (news) {
      ++m_revision;
    }
  }

  void finish(Entry& entry) const {
    JobStatus& status = entry.status;
    const WorkerProcess::Ending ending = entry.worker->ending();
    removePartialFiles(status.spec.output, entry.worker->id());
    entry.worker.reset();
    status.secondsLeft.reset();
    const bool clean = !ending.bySignal && ending.number == 0;
    if (clean && status.evaluation) {
      status.state = JobState::Done;
      status.fraction = 1;
      status.stage = "done";
      status.detail.clear();
      return;
    }
    status.evaluation.reset();
    if (entry.cancelAsked || (entry.reported && entry.reported->code == ErrorCode::Cancelled)) {
      status.state = JobState::Cancelled;
      return;
    }
    status.state = JobState::Failed;
    if (entry.reported) {
      status.error = entry.reported->message;
      return;
    }
    status.error = describeEnding(ending);
    // What a crashing program says last is on its standard error.
    const std::size_t shown = std::min(kShownErrorLines, status.log.size());
    for (std::size_t i = status.log.size() - shown; i < status.log.size() && shown > 0; ++i) {
      status.error += (i + shown == status.log.size() ? "; it said: " : " / ") + status.log[i];
    }
    addLog(entry, "to repeat it: " + status.commandLine);
  }

  void run(const std::stop_token& stop) {
    while (true) {
      std::vector<pollfd> descriptors{{m_wake, POLLIN, 0}};
      int timeoutMs = -1;
      {
        const std::scoped_lock lock(m_mutex);
        if (!stop.stop_requested()) {
          startWaiting();
        }
        for (Entry& entry : m_entries) {
          if (!entry.worker) {
            continue;
          }
          if (stop.stop_requested()) {
            askToStop(entry);
          }
          descriptors.push_back({entry.worker->outputDescriptor(), POLLIN, 0});
          descriptors.push_back({entry.worker->errorDescriptor(), POLLIN, 0});
          const int wait = entry.cancelAsked ? kCancelPollMs : kIdlePollMs;
          timeoutMs = timeoutMs < 0 ? wait : std::min(timeoutMs, wait);
        }
      }
      if (stop.stop_requested() && descriptors.size() == 1) {
        return;
      }
      ::poll(descriptors.data(), descriptors.size(), timeoutMs);
      std::uint64_t count = 0;
      [[maybe_unused]] const ssize_t drained = ::read(m_wake, &count, sizeof(count));
      const bool hungUp =
          std::any_of(descriptors.begin(), descriptors.end(),
                      [](const pollfd& descriptor) { return (descriptor.revents & POLLHUP) != 0; });
      {
        const std::scoped_lock lock(m_mutex);
        for (Entry& entry : m_entries) {
          if (entry.worker) {
            pump(entry);
          }
        }
      }
      if (hungUp) {
        // A closed pipe polls ready at once; its process takes a moment more to end.
        std::this_thread::sleep_for(std::chrono::milliseconds(kCancelPollMs));
      }
    }
  }

  std::filesystem::path m_program;
  std::size_t m_maxRunning;
  mutable std::mutex m_mutex;
  Entries m_entries;
  std::uint64_t m_nextId = 1;
  std::uint64_t m_revision = 1;
  int m_wake;
  std::jthread m_thread;  ///< last: it uses all of the above
};

JobQueue::JobQueue(std::filesystem::path program, std::size_t maxRunning)
    : m_impl(std::make_unique<Impl>(std::move(program), maxRunning)) {}
JobQueue::~JobQueue() = default;

Result<std::uint64_t> JobQueue::add(JobSpec spec) { return m_impl->add(std::move(spec)); }
void JobQueue::cancel(std::uint64_t id) { m_impl->cancel(id); }
void JobQueue::retry(std::uint64_t id) { m_impl->retry(id); }
void JobQueue::remove(std::uint64_t id) { m_impl->remove(id); }
void JobQueue::moveUp(std::uint64_t id) { m_impl->moveUp(id); }
void JobQueue::moveDown(std::uint64_t id) { m_impl->moveDown(id); }
std::vector<JobStatus> JobQueue::jobs() const { return m_impl->jobs(); }
std::uint64_t JobQueue::revision() const { return m_impl->revision(); }
int JobQueue::workerProcess(std::uint64_t id) const { return m_impl->workerProcess(id); }

}  // namespace volpress::engine
