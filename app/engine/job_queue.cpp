#include "app/engine/job_queue.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "app/engine/queue_entry.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr int kIdlePollMs = 100;
constexpr int kCancelPollMs = 5;

/// One spelling for every way to name a path, whether it exists or not.
fs::path comparable(const fs::path& path) {
  std::error_code code;
  const fs::path whole = fs::weakly_canonical(path, code);
  return code ? fs::absolute(path, code).lexically_normal() : whole;
}

}  // namespace

class JobQueue::Impl {
public:
  Impl(fs::path program, QueueLimits limits, fs::path folder)
      : m_program(std::move(program)),
        m_folder(std::move(folder)),
        m_limits(limits),
        m_wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    m_limits.maxRunning = std::max<std::size_t>(m_limits.maxRunning, 1);
    if (!m_folder.empty()) {
      goOn();
    }
    m_thread = std::jthread([this](const std::stop_token& stop) { run(stop); });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  ~Impl() {
    m_thread.request_stop();
    wake();
    m_thread.join();
    ::close(m_wake);
  }

  Result<std::uint64_t> add(JobSpec spec) {
    const std::scoped_lock lock(m_mutex);
    VOLPRESS_CHECK(checkOutput(spec, 0));
    const std::uint64_t id = m_nextId++;
    keepBeside(id, spec);
    m_entries.emplace_back(id, std::move(spec));
    changed();
    return id;
  }

  Result<void> edit(std::uint64_t id, JobSpec spec) {
    const std::scoped_lock lock(m_mutex);
    QueueEntry* entry = find(id);
    if (entry == nullptr || !entry->pending() || entry->hasWorker()) {
      return fail(ErrorCode::InvalidParameter,
                  "job {} is not waiting any more; duplicate it to run it with other settings", id);
    }
    VOLPRESS_CHECK(checkOutput(spec, id));
    keepBeside(id, spec);
    entry->replaceSpec(std::move(spec));
    changed();
    return {};
  }

  /// Calls `change` on a job, if it is there.
  template <typename Change>
  void with(std::uint64_t id, Change change) {
    const std::scoped_lock lock(m_mutex);
    if (QueueEntry* entry = find(id); entry != nullptr) {
      change(*entry);
      changed();
    }
  }

  /// Calls `change` on every job before the queue looks for what may start.
  template <typename Change>
  void withAll(Change change) {
    const std::scoped_lock lock(m_mutex);
    std::for_each(m_entries.begin(), m_entries.end(), change);
    changed();
  }

  void retry(std::uint64_t id) {
    with(id, [this](QueueEntry& entry) {
      if (entry.pending() || entry.status().state == JobState::Done) {
        return;
      }
      if (auto free = checkOutput(entry.status().spec, entry.id()); !free) {
        entry.refuse(free.error().message);
      } else {
        entry.restart();
      }
    });
  }

  void remove(std::uint64_t id) {
    const std::scoped_lock lock(m_mutex);
    const auto place = locate(id);
    if (place == m_entries.end() || place->hasWorker()) {
      return;
    }
    std::error_code ignored;
    if (const JobSpec& spec = place->status().spec; !m_folder.empty()) {
      fs::remove(spec.record, ignored);
      fs::remove_all(spec.scratch, ignored);
    }
    m_entries.erase(place);
    changed();
  }

  void moveTo(std::uint64_t id, std::size_t place) {
    const std::scoped_lock lock(m_mutex);
    moveLocked(locate(id), place);
  }

  void moveBy(std::uint64_t id, int step) {
    const std::scoped_lock lock(m_mutex);
    const auto at = locate(id);
    const auto place = std::distance(m_entries.begin(), at) + step;
    if (place >= 0) {
      moveLocked(at, static_cast<std::size_t>(place));
    }
  }

  void setLimits(QueueLimits limits) {
    const std::scoped_lock lock(m_mutex);
    m_limits = limits;
    m_limits.maxRunning = std::max<std::size_t>(m_limits.maxRunning, 1);
    changed();
  }

  QueueLimits limits() const {
    const std::scoped_lock lock(m_mutex);
    return m_limits;
  }

  std::vector<JobStatus> jobs() const {
    const std::scoped_lock lock(m_mutex);
    std::vector<JobStatus> statuses;
    statuses.reserve(m_entries.size());
    for (const QueueEntry& entry : m_entries) {
      statuses.push_back(entry.status());
    }
    return statuses;
  }

  std::uint64_t revision() const {
    const std::scoped_lock lock(m_mutex);
    return m_revision;
  }

  std::string problem() const {
    const std::scoped_lock lock(m_mutex);
    return m_problem;
  }

  int workerProcess(std::uint64_t id) const {
    const std::scoped_lock lock(m_mutex);
    const auto place = std::find_if(m_entries.begin(), m_entries.end(),
                                    [&](const QueueEntry& entry) { return entry.id() == id; });
    return place != m_entries.end() && place->worker() ? place->worker()->id() : 0;
  }

private:
  using Entries = std::vector<QueueEntry>;

  [[nodiscard]] fs::path journalPath() const { return m_folder / "queue.json"; }

  /// Takes over what an earlier program left in the folder.
  void goOn() {
    std::error_code code;
    fs::create_directories(m_folder, code);
    if (code) {
      m_problem =
          fmt::format("{}: the queue cannot be kept there: {}", m_folder.string(), code.message());
      return;
    }
    if (!fs::exists(journalPath(), code)) {
      return;
    }
    auto journal = [&]() -> Result<QueueJournal> {
      VOLPRESS_TRY(const MappedFile file, MappedFile::open(journalPath()));
      return journalFromJson(viewText(file.bytes()));
    }();
    if (!journal) {
      // What cannot be read is set aside, never overwritten.
      fs::rename(journalPath(), m_folder / "queue.unreadable.json", code);
      m_problem = fmt::format("{}: the queue of the last run cannot be read: {}",
                              journalPath().string(), journal.error().message);
      return;
    }
    settleJournal(*journal);
    m_nextId = journal->nextId;
    m_limits = journal->limits;
    for (JournalJob& job : journal->jobs) {
      m_entries.emplace_back(std::move(job));
    }
    m_unsaved = true;
  }

  /// Records and checkpoints of jobs lie beside the journal.
  void keepBeside(std::uint64_t id, JobSpec& spec) const {
    if (!m_folder.empty()) {
      spec.record = m_folder / fmt::format("{}.result.json", id);
      spec.scratch = m_folder / fmt::format("{}.scratch", id);
    }
  }

  Entries::iterator locate(std::uint64_t id) {
    return std::find_if(m_entries.begin(), m_entries.end(),
                        [&](const QueueEntry& entry) { return entry.id() == id; });
  }

  QueueEntry* find(std::uint64_t id) {
    const auto place = locate(id);
    return place == m_entries.end() ? nullptr : &*place;
  }

  void moveLocked(Entries::iterator at, std::size_t place) {
    if (at == m_entries.end() || place >= m_entries.size()) {
      return;
    }
    const auto target = m_entries.begin() + static_cast<std::ptrdiff_t>(place);
    if (at < target) {
      std::rotate(at, at + 1, target + 1);
    } else {
      std::rotate(target, at, at + 1);
    }
    changed();
  }

  /// InvalidParameter when the output is the input or some other pending job's.
  Result<void> checkOutput(const JobSpec& spec, std::uint64_t self) const {
    const fs::path output = comparable(spec.output);
    if (output == comparable(spec.input)) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: the result would replace the scene it is made from; choose another name",
                  spec.output.string());
    }
    for (const QueueEntry& entry : m_entries) {
      if (entry.id() != self && entry.pending() &&
          comparable(entry.status().spec.output) == output) {
        return fail(ErrorCode::InvalidParameter,
                    "{}: another waiting or running job writes this file; choose another name or "
                    "cancel that job",
                    spec.output.string());
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
    m_unsaved = true;
    wake();
  }

  void startWaiting() {
    auto running = static_cast<std::size_t>(
        std::count_if(m_entries.begin(), m_entries.end(),
                      [](const QueueEntry& entry) { return entry.takesPlace(); }));
    for (QueueEntry& entry : m_entries) {
      if (running >= m_limits.maxRunning) {
        return;
      }
      if (entry.waitsForTurn()) {
        entry.start(m_program);
        ++m_revision;
        m_unsaved = true;
        running += entry.takesPlace() ? 1U : 0U;
      }
    }
  }

  void pumpAll() {
    for (QueueEntry& entry : m_entries) {
      if (!entry.hasWorker()) {
        continue;
      }
      const JobState before = entry.status().state;
      if (entry.pump(m_limits.memoryBytes)) {
        ++m_revision;
      }
      m_unsaved = m_unsaved || entry.status().state != before;
    }
  }

  /// Writes the journal if something in it has changed. Not under the lock: disks are slow.
  void save() {
    QueueJournal journal;
    {
      const std::scoped_lock lock(m_mutex);
      if (m_folder.empty() || !m_unsaved) {
        return;
      }
      m_unsaved = false;
      journal.nextId = m_nextId;
      journal.limits = m_limits;
      for (const QueueEntry& entry : m_entries) {
        journal.jobs.push_back(entry.journalJob());
      }
    }
    const Result<void> written =
        writeFileAtomically(journalPath(), viewBytes(std::string_view(journalToJson(journal))));
    const std::scoped_lock lock(m_mutex);
    const std::string problem =
        written ? std::string()
                : "the queue cannot be kept, it would be lost with the program: " +
                      written.error().message;
    if (problem != m_problem && !(written && m_problem.empty())) {
      m_problem = problem;
      ++m_revision;
    }
  }

  /// Starts what may start (or, at the end, stops all), and says what to poll and for how long.
  int prepare(bool ending, std::vector<pollfd>& descriptors) {
    const std::scoped_lock lock(m_mutex);
    if (!ending) {
      startWaiting();
    }
    int timeoutMs = -1;
    for (QueueEntry& entry : m_entries) {
      if (!entry.hasWorker()) {
        continue;
      }
      if (ending) {
        m_folder.empty() ? entry.cancel() : entry.interrupt();
      }
      descriptors.push_back({entry.worker()->outputDescriptor(), POLLIN, 0});
      descriptors.push_back({entry.worker()->errorDescriptor(), POLLIN, 0});
      const bool soon = entry.cancelAsked() || entry.status().state == JobState::Pausing;
      const int wait = soon ? kCancelPollMs : kIdlePollMs;
      timeoutMs = timeoutMs < 0 ? wait : std::min(timeoutMs, wait);
    }
    return timeoutMs;
  }

  void run(const std::stop_token& stop) {
    while (true) {
      std::vector<pollfd> descriptors{{m_wake, POLLIN, 0}};
      const bool ending = stop.stop_requested();
      const int timeoutMs = prepare(ending, descriptors);
      // Before waiting: a worker that has been started is in the journal before it can be done.
      save();
      if (ending && descriptors.size() == 1) {
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
        pumpAll();
      }
      if (hungUp) {
        // A closed pipe polls ready at once; its process takes a moment more to end.
        std::this_thread::sleep_for(std::chrono::milliseconds(kCancelPollMs));
      }
    }
  }

  fs::path m_program;
  fs::path m_folder;
  QueueLimits m_limits;
  mutable std::mutex m_mutex;
  Entries m_entries;
  std::uint64_t m_nextId = 1;
  std::uint64_t m_revision = 1;
  bool m_unsaved = false;
  std::string m_problem;
  int m_wake;
  std::jthread m_thread;  ///< last: it uses all of the above
};

JobQueue::JobQueue(fs::path program, std::size_t maxRunning)
    : m_impl(std::make_unique<Impl>(std::move(program), QueueLimits{maxRunning, 0}, fs::path())) {}
JobQueue::JobQueue(fs::path program, QueueLimits limits, fs::path folder)
    : m_impl(std::make_unique<Impl>(std::move(program), limits, std::move(folder))) {}
JobQueue::~JobQueue() = default;

Result<std::uint64_t> JobQueue::add(JobSpec spec) { return m_impl->add(std::move(spec)); }
Result<void> JobQueue::edit(std::uint64_t id, JobSpec spec) {
  return m_impl->edit(id, std::move(spec));
}
void JobQueue::cancel(std::uint64_t id) {
  m_impl->with(id, [](QueueEntry& entry) { entry.cancel(); });
}
void JobQueue::cancel(std::span<const std::uint64_t> ids) {
  m_impl->withAll([ids](QueueEntry& entry) {
    if (std::find(ids.begin(), ids.end(), entry.id()) != ids.end()) {
      entry.cancel();
    }
  });
}
void JobQueue::pause(std::uint64_t id) {
  m_impl->with(id, [](QueueEntry& entry) { entry.pause(); });
}
void JobQueue::pauseAll() {
  m_impl->withAll([](QueueEntry& entry) { entry.pause(); });
}
void JobQueue::resume(std::uint64_t id) {
  m_impl->with(id, [](QueueEntry& entry) { entry.resume(); });
}
void JobQueue::resumeAll() {
  m_impl->withAll([](QueueEntry& entry) { entry.resume(); });
}
void JobQueue::retry(std::uint64_t id) { m_impl->retry(id); }
void JobQueue::remove(std::uint64_t id) { m_impl->remove(id); }
void JobQueue::moveUp(std::uint64_t id) { m_impl->moveBy(id, -1); }
void JobQueue::moveDown(std::uint64_t id) { m_impl->moveBy(id, 1); }
void JobQueue::moveTo(std::uint64_t id, std::size_t place) { m_impl->moveTo(id, place); }
void JobQueue::setLimits(QueueLimits limits) { m_impl->setLimits(limits); }
QueueLimits JobQueue::limits() const { return m_impl->limits(); }
std::vector<JobStatus> JobQueue::jobs() const { return m_impl->jobs(); }
std::uint64_t JobQueue::revision() const { return m_impl->revision(); }
int JobQueue::workerProcess(std::uint64_t id) const { return m_impl->workerProcess(id); }
std::string JobQueue::problem() const { return m_impl->problem(); }

}  // namespace volpress::engine
