#include "app/engine/queue_journal.hpp"

#include <algorithm>
#include <set>
#include <system_error>
#include <utility>

#include "app/engine/json_text.hpp"
#include "app/engine/process_facts.hpp"
#include "app/engine/worker_process.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

constexpr std::uint64_t kQueueVersion = 1;
constexpr std::size_t kMaxJobs = 100'000;
constexpr std::size_t kKeptLogLines = 200;

Json jobJson(const JournalJob& job) {
  const JobStatus& status = job.status;
  // The texts of the job and of its evaluation are made in one place only: they are read back here.
  Json json{{"id", status.id},
            {"state", jobStateName(status.state)},
            {"job", parseJson(jobToJson(status.spec)).value_or(Json())},
            {"secondsRunning", numberToJson(status.secondsRunning)},
            {"peakMemoryBytes", status.peakMemoryBytes}};
  if (job.process != 0) {
    json["process"] = static_cast<std::uint64_t>(job.process);
    json["processStart"] = job.processStart;
  }
  if (!status.error.empty()) {
    json["error"] = status.error;
  }
  if (status.evaluation) {
    json["evaluation"] = parseJson(evaluationToJson(*status.evaluation)).value_or(Json());
  }
  if (!status.log.empty()) {
    const std::size_t kept = std::min(kKeptLogLines, status.log.size());
    json["log"] = std::vector<std::string>(status.log.end() - static_cast<std::ptrdiff_t>(kept),
                                           status.log.end());
  }
  return json;
}

Result<JournalJob> jobOf(const Json& json) {
  JournalJob job;
  JobStatus& status = job.status;
  VOLPRESS_TRY(status.id, jsonCount(json, "id"));
  VOLPRESS_TRY(const std::string state, jsonText(json, "state"));
  const std::optional<JobState> known = jobStateFromName(state);
  if (!known || status.id == 0) {
    return fail(ErrorCode::CorruptData, "job {} has the state \"{}\"", status.id, state);
  }
  status.state = *known;
  VOLPRESS_TRY(const Json* spec, jsonMember(json, "job"));
  VOLPRESS_TRY(status.spec, jobFromJson(dumpJson(*spec)));
  VOLPRESS_TRY(status.secondsRunning, jsonNumber(json, "secondsRunning"));
  VOLPRESS_TRY(status.peakMemoryBytes, jsonCount(json, "peakMemoryBytes"));
  if (json.contains("process")) {
    VOLPRESS_TRY(const std::uint64_t process, jsonCount(json, "process"));
    VOLPRESS_TRY(job.processStart, jsonCount(json, "processStart"));
    if (process > INT32_MAX) {
      return fail(ErrorCode::CorruptData, "job {} has the process {}", status.id, process);
    }
    job.process = static_cast<int>(process);
  }
  if (json.contains("error")) {
    VOLPRESS_TRY(status.error, jsonText(json, "error"));
  }
  if (json.contains("evaluation")) {
    VOLPRESS_TRY(status.evaluation, evaluationFromJson(dumpJson(json["evaluation"])));
  }
  if (status.state == JobState::Done && !status.evaluation) {
    return fail(ErrorCode::CorruptData, "job {} is done, but has no evaluation", status.id);
  }
  if (json.contains("log") && json["log"].is_array()) {
    for (const Json& line : json["log"]) {
      if (line.is_string()) {
        status.log.push_back(line.get<std::string>());
      }
    }
  }
  status.commandLine = repeatingCommand(status.spec);
  status.fraction = status.state == JobState::Done ? 1 : 0;
  return job;
}

}  // namespace

std::optional<Evaluation> recordedEvaluation(const JobSpec& spec) {
  std::error_code problem;
  if (spec.record.empty() || !std::filesystem::is_regular_file(spec.record, problem)) {
    return std::nullopt;
  }
  const auto file = MappedFile::open(spec.record);
  if (!file) {
    return std::nullopt;
  }
  auto evaluation = evaluationFromJson(viewText(file->bytes()));
  const std::uintmax_t bytes = std::filesystem::file_size(spec.output, problem);
  if (!evaluation || problem || bytes != evaluation->fileBytes) {
    return std::nullopt;
  }
  return *std::move(evaluation);
}

std::string journalToJson(const QueueJournal& journal) {
  Json jobs = Json::array();
  for (const JournalJob& job : journal.jobs) {
    jobs.push_back(jobJson(job));
  }
  return dumpJson({{"volpressQueue", kQueueVersion},
                   {"nextId", journal.nextId},
                   {"maxRunning", journal.limits.maxRunning},
                   {"memoryBytes", journal.limits.memoryBytes},
                   {"jobs", std::move(jobs)}},
                  1);
}

Result<QueueJournal> journalFromJson(std::string_view text) {
  VOLPRESS_TRY(const Json json, parseJson(text));
  VOLPRESS_TRY(const std::uint64_t version, jsonCount(json, "volpressQueue"));
  if (version != kQueueVersion) {
    return fail(ErrorCode::UnsupportedVersion, "the queue has version {}, this program reads {}",
                version, kQueueVersion);
  }
  QueueJournal journal;
  VOLPRESS_TRY(journal.nextId, jsonCount(json, "nextId"));
  VOLPRESS_TRY(journal.limits.maxRunning, jsonCount(json, "maxRunning"));
  VOLPRESS_TRY(journal.limits.memoryBytes, jsonCount(json, "memoryBytes"));
  VOLPRESS_TRY(const Json* jobs, jsonMember(json, "jobs"));
  if (!jobs->is_array() || jobs->size() > kMaxJobs) {
    return fail(ErrorCode::CorruptData, "JSON field \"jobs\" is no list of at most {} jobs",
                kMaxJobs);
  }
  std::set<std::uint64_t> ids;
  for (const Json& one : *jobs) {
    VOLPRESS_TRY(JournalJob job, jobOf(one));
    if (!ids.insert(job.status.id).second || job.status.id >= journal.nextId) {
      return fail(ErrorCode::CorruptData, "job id {} is there twice or not under nextId {}",
                  job.status.id, journal.nextId);
    }
    journal.jobs.push_back(std::move(job));
  }
  return journal;
}

void settleJournal(QueueJournal& journal) {
  for (JournalJob& job : journal.jobs) {
    JobStatus& status = job.status;
    if (!isPending(status.state) || job.process == 0) {
      if (status.state == JobState::Running || status.state == JobState::Pausing) {
        status.state = JobState::Interrupted;
      }
      continue;
    }
    endProcess(job.process, job.processStart);
    removePartialFiles(status.spec.output, job.process);
    const bool wasPaused = status.state == JobState::Paused || status.state == JobState::Pausing;
    job.process = 0;
    if (auto evaluation = recordedEvaluation(status.spec)) {
      status.evaluation = std::move(evaluation);
      status.state = JobState::Done;
      status.stage = "done";
      status.fraction = 1;
    } else {
      status.state = wasPaused ? JobState::Paused : JobState::Interrupted;
      status.secondsRunning = 0;
    }
  }
}

}  // namespace volpress::engine
