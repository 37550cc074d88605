#include "app/engine/queue_entry.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "app/engine/process_facts.hpp"
#include "app/engine/queue_journal.hpp"

namespace volpress::engine {
namespace {

// A worker is asked to stop, and ended when it has not after this: both within 200 ms.
constexpr std::chrono::milliseconds kCancelGrace{100};
constexpr std::chrono::milliseconds kWatchInterval{90};
constexpr std::size_t kMaxLogLines = 2000;
constexpr std::size_t kShownErrorLines = 3;

}  // namespace

QueueEntry::QueueEntry(std::uint64_t id, JobSpec spec) {
  m_status.id = id;
  m_status.commandLine = repeatingCommand(spec);
  m_status.spec = std::move(spec);
}

bool QueueEntry::waitsForTurn() const noexcept {
  return m_status.state == JobState::Queued || m_status.state == JobState::Interrupted;
}

JournalJob QueueEntry::journalJob() const {
  JournalJob job{m_status, 0, 0};
  if (m_worker) {
    job.process = m_worker->id();
    job.processStart = m_processStart;
  }
  return job;
}

void QueueEntry::replaceSpec(JobSpec spec) {
  m_status.commandLine = repeatingCommand(spec);
  m_status.spec = std::move(spec);
  if (m_status.state == JobState::Interrupted) {
    m_status.state = JobState::Queued;  // nothing of the old job goes on
  }
}

void QueueEntry::start(const std::filesystem::path& program) {
  if (m_worker) {
    m_worker->resume();
    m_stopped = false;
    m_since = Clock::now();
    m_status.state = JobState::Running;
    return;
  }
  std::error_code ignored;
  if (!m_status.spec.record.empty()) {
    std::filesystem::remove(m_status.spec.record, ignored);  // of an earlier attempt
  }
  if (!m_status.spec.scratch.empty()) {
    std::filesystem::create_directories(m_status.spec.scratch, ignored);
    dropPreviews();  // of an attempt that was killed
  }
  auto worker = WorkerProcess::start(program, jobToJson(m_status.spec) + "\n");
  if (!worker) {
    m_status.state = JobState::Failed;
    m_status.error = worker.error().message;
    return;
  }
  m_worker.emplace(std::move(*worker));
  const auto facts = processFacts(m_worker->id());
  m_processStart = facts ? facts->startTicks : 0;
  m_since = Clock::now();
  m_watched = m_since;
  m_secondsBefore = 0;
  m_timeLeft = {};
  m_status.state = JobState::Running;
  m_status.stage = "starting";
  m_status.fraction = 0;
}

void QueueEntry::pause() {
  if (m_cancelAsked || !pending() || m_status.state == JobState::Paused) {
    return;
  }
  if (!m_worker || m_stopped) {
    m_status.state = JobState::Paused;
    return;
  }
  m_secondsBefore = secondsRunning();
  m_stopped = true;
  m_worker->stop();
  m_status.state = JobState::Pausing;  // until the system has it asleep
}

void QueueEntry::resume() {
  if (m_status.state == JobState::Paused || m_status.state == JobState::Pausing) {
    m_status.state = JobState::Queued;  // its process, if any, wakes when it has a place again
  }
}

void QueueEntry::cancel() {
  if (!pending()) {
    return;
  }
  if (m_worker) {
    askToStop();
  } else {
    m_status.state = JobState::Cancelled;
  }
}

void QueueEntry::interrupt() {
  // Asked again and again until it has ended; a job that was cancelled before stays so.
  if (m_worker && !m_cancelAsked) {
    m_interrupted = true;
    askToStop();
  }
}

void QueueEntry::askToStop() {
  if (!m_cancelAsked) {
    m_cancelAsked = true;
    m_cancelledAt = Clock::now();
    m_worker->terminate();
    m_worker->resume();  // a stopped process hears nothing
  }
}

void QueueEntry::restart() { *this = QueueEntry(m_status.id, std::move(m_status.spec)); }

void QueueEntry::refuse(std::string reason) { m_status.error = std::move(reason); }

double QueueEntry::secondsRunning() const {
  return m_stopped
             ? m_secondsBefore
             : m_secondsBefore + std::chrono::duration<double>(Clock::now() - m_since).count();
}

void QueueEntry::addLog(std::string line) {
  if (m_status.log.size() < kMaxLogLines) {
    m_status.log.push_back(std::move(line));
  } else if (m_status.log.size() == kMaxLogLines) {
    m_status.log.emplace_back("(further lines are not kept)");
  }
}

void QueueEntry::take(WorkerMessage message) {
  if (auto* snapshot = std::get_if<Progress::Snapshot>(&message)) {
    m_status.fraction = std::max(m_status.fraction, snapshot->fraction);
    m_status.stage = std::move(snapshot->stage);
    m_status.detail = std::move(snapshot->detail);
  } else if (auto* log = std::get_if<LogMessage>(&message)) {
    addLog(std::move(log->line));
  } else if (auto* preview = std::get_if<JobPreview>(&message)) {
    // Whatever a worker says, only what lies where previews lie is looked at.
    if (preview->file.parent_path() == previewFolderOf(m_status.spec)) {
      m_status.preview = std::move(*preview);
    }
  } else if (auto* result = std::get_if<ResultMessage>(&message)) {
    m_status.evaluation = std::move(result->evaluation);
  } else if (auto* error = std::get_if<Error>(&message)) {
    m_reported = std::move(*error);
  }
}

void QueueEntry::watchProcess(std::uint64_t memoryBytes) {
  const Clock::time_point now = Clock::now();
  if (m_status.state != JobState::Pausing && now - m_watched < kWatchInterval) {
    return;
  }
  m_watched = now;
  const auto facts = processFacts(m_worker->id());
  if (!facts) {
    return;
  }
  m_status.cpuSeconds = facts->cpuSeconds;
  m_status.memoryBytes = facts->residentBytes;
  m_status.peakMemoryBytes = std::max(m_status.peakMemoryBytes, facts->residentBytes);
  if (m_status.state == JobState::Pausing && (facts->state == 'T' || facts->state == 't')) {
    m_status.state = JobState::Paused;
  }
  if (memoryBytes != 0 && facts->residentBytes > memoryBytes && !m_killed) {
    m_limitProblem = fmt::format(
        "stopped by the queue: it used {:.2f} GB of memory, over the limit of {:.2f} GB for a job; "
        "raise the limit, or give the job fewer threads or a smaller scene, then retry",
        static_cast<double>(facts->residentBytes) / 1e9, static_cast<double>(memoryBytes) / 1e9);
    m_killed = true;
    m_worker->kill();
  }
}

bool QueueEntry::pump(std::uint64_t memoryBytes) {
  const JobState before = m_status.state;
  const bool ended = m_worker->reap();
  bool news = ended;
  for (std::string& line : m_worker->readOutput()) {
    news = true;
    if (auto message = messageFromJson(line)) {
      take(std::move(*message));
    } else {
      addLog(std::move(line));
    }
  }
  for (std::string& line : m_worker->readErrors()) {
    news = true;
    addLog(std::move(line));
  }
  const double seconds = secondsRunning();
  m_timeLeft.update(seconds, m_status.fraction);
  m_status.secondsRunning = seconds;
  m_status.secondsLeft = m_timeLeft.estimate(seconds);
  if (ended) {
    finish();
    return true;
  }
  watchProcess(memoryBytes);
  if (m_cancelAsked && !m_killed && Clock::now() - m_cancelledAt > kCancelGrace) {
    m_killed = true;
    m_worker->kill();
  }
  return news || m_status.state != before;
}

void QueueEntry::dropPreviews() {
  m_status.preview.reset();
  if (const auto folder = previewFolderOf(m_status.spec); !folder.empty()) {
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
  }
}

void QueueEntry::finish() {
  const WorkerProcess::Ending ending = m_worker->ending();
  removePartialFiles(m_status.spec.output, m_worker->id());
  dropPreviews();
  m_worker.reset();
  m_stopped = false;
  m_status.secondsLeft.reset();
  m_status.memoryBytes = 0;
  const bool clean = !ending.bySignal && ending.number == 0;
  if (!clean || !m_status.evaluation) {
    // One that was killed after its work was whole has lost nothing but the word of it.
    m_status.evaluation = m_reported ? std::nullopt : recordedEvaluation(m_status.spec);
  }
  if (m_status.evaluation) {
    m_status.state = JobState::Done;
    m_status.fraction = 1;
    m_status.stage = "done";
    m_status.detail.clear();
    m_status.peakMemoryBytes =
        std::max(m_status.peakMemoryBytes, m_status.evaluation->peakMemoryBytes);
    std::error_code ignored;
    if (!m_status.spec.scratch.empty()) {
      std::filesystem::remove_all(m_status.spec.scratch, ignored);  // no checkpoint is needed now
    }
    return;
  }
  if (m_interrupted) {
    m_status.state = JobState::Interrupted;
    return;
  }
  if (m_cancelAsked || (m_reported && m_reported->code == ErrorCode::Cancelled)) {
    m_status.state = JobState::Cancelled;
    return;
  }
  m_status.state = JobState::Failed;
  if (!m_limitProblem.empty()) {
    m_status.error = m_limitProblem;
  } else if (m_reported) {
    m_status.error = m_reported->message;
    return;
  } else {
    m_status.error = describeEnding(ending);
    // What a crashing program says last is on its standard error.
    const std::size_t shown = std::min(kShownErrorLines, m_status.log.size());
    for (std::size_t i = m_status.log.size() - shown; i < m_status.log.size() && shown > 0; ++i) {
      m_status.error +=
          (i + shown == m_status.log.size() ? "; it said: " : " / ") + m_status.log[i];
    }
  }
  addLog("to repeat it: " + m_status.commandLine);
}

}  // namespace volpress::engine
