#include "app/engine/clip_submission.hpp"

#include <algorithm>
#include <system_error>

#include "app/engine/json_text.hpp"
#include "app/engine/run_tool.hpp"
#include "app/engine/shell_words.hpp"
#include "compressors/container/container.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTasks = 1000;  // Slurm's usual MaxArraySize is 1001

std::string partName(std::size_t task) { return fmt::format("part-{}.dgsv", task); }

fs::path folderOf(const fs::path& output) {
  fs::path folder = output;
  folder += ".parts";
  return folder;
}

/// What makes parts of one submission fit together.
Json identityOf(const ClipEncodeSpec& spec, std::size_t tasks, std::size_t segments) {
  return {{"input", fs::absolute(spec.input).lexically_normal().string()},
          {"codec", spec.codec},
          {"parameters", compressors::paramsToJson(spec.params)},
          {"framesPerSecond", spec.framesPerSecond},
          {"seed", spec.seed},
          {"tasks", tasks},
          {"segments", segments}};
}

std::string encodeWords(const ClipSubmission& submission) {
  const ClipEncodeSpec& spec = submission.spec;
  std::string words = fmt::format("{} encode {} --quiet --codec {} --fps {} --seed {}",
                                  shellWord(fs::absolute(submission.program).string()),
                                  shellWord(fs::absolute(spec.input).string()),
                                  shellWord(spec.codec), spec.framesPerSecond, spec.seed);
  for (const auto& [id, value] : spec.params) {
    words += " --set " + shellWord(id + "=" + formatParamValue(value));
  }
  if (submission.threads > 0) {
    words += fmt::format(" --threads {}", submission.threads);
  }
  return words;
}

std::string arrayScript(const ClipSubmission& submission, const SubmittedClip& prepared) {
  std::string ranges;
  for (std::size_t task = 0; task < prepared.tasks; ++task) {
    const SegmentRange range = segmentsOfTask(task, prepared.tasks, prepared.segments);
    ranges += fmt::format(" {}-{}", range.first, range.last);
  }
  return fmt::format(
      "#!/bin/bash\n"
      "# One task of the array encodes one range of segments; a part gets its name when it is "
      "whole.\n"
      "set -euo pipefail\n"
      "ranges=({})\n"
      "exec {} \\\n"
      "  --segment \"${{ranges[$SLURM_ARRAY_TASK_ID]}}\" \\\n"
      "  -o {}/\"part-$SLURM_ARRAY_TASK_ID.dgsv\"\n",
      ranges.substr(1), encodeWords(submission), shellWord(fs::absolute(prepared.folder).string()));
}

std::string joinScript(const ClipSubmission& submission, const SubmittedClip& prepared) {
  std::string parts;
  for (std::size_t task = 0; task < prepared.tasks; ++task) {
    parts += " " + partName(task);
  }
  return fmt::format(
      "#!/bin/bash\n"
      "# Joins the parts; they go when the clip is there.\n"
      "set -euo pipefail\n"
      "cd {}\n"
      "{} stream join --quiet{} -o {}\n"
      "rm -f --{}\n",
      shellWord(fs::absolute(prepared.folder).string()),
      shellWord(fs::absolute(submission.program).string()), parts,
      shellWord(fs::absolute(submission.spec.output).string()), parts);
}

Result<void> writeText(const fs::path& path, const std::string& text) {
  return writeFileAtomically(path, viewBytes(text));
}

/// Takes over a folder of the same submission, or makes it.
Result<void> makeFolder(const fs::path& folder, const Json& identity) {
  const fs::path record = folder / "submission.json";
  std::error_code problem;
  if (fs::exists(record, problem)) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(record));
    const auto known = parseJson(viewText(file.bytes()));
    if (!known || *known != identity) {
      return fail(ErrorCode::InvalidParameter,
                  "{} holds parts of a clip with other settings; remove that folder, or write to "
                  "another file",
                  folder.string());
    }
    return {};
  }
  fs::create_directories(folder, problem);
  if (problem) {
    return fail(ErrorCode::IoFailure, "{}: the folder cannot be made: {}", folder.string(),
                problem.message());
  }
  return writeText(record, dumpJson(identity, 2) + "\n");
}

/// "3;cluster" or "3", as sbatch --parsable answers.
Result<std::string> jobNumber(const std::string& answer) {
  const std::string number = answer.substr(0, answer.find_first_not_of("0123456789"));
  if (number.empty()) {
    return fail(ErrorCode::IoFailure, "sbatch answered \"{}\" instead of a job's number", answer);
  }
  return number;
}

}  // namespace

SegmentRange segmentsOfTask(std::size_t task, std::size_t tasks, std::size_t segments) {
  return {segments * task / tasks, segments * (task + 1) / tasks - 1};
}

Result<SubmittedClip> prepareSubmission(const ClipSubmission& submission, TaskRunner& runner,
                                        Progress& progress, const std::stop_token& stop) {
  VOLPRESS_TRY(const std::size_t segments, countSegments(submission.spec, runner, progress, stop));
  SubmittedClip prepared;
  prepared.segments = segments;
  prepared.tasks =
      std::min({submission.tasks == 0 ? segments : submission.tasks, segments, kMostTasks});
  prepared.folder = folderOf(submission.spec.output);
  VOLPRESS_CHECK(
      makeFolder(prepared.folder, identityOf(submission.spec, prepared.tasks, segments)));
  VOLPRESS_CHECK(writeText(prepared.folder / "encode.sh", arrayScript(submission, prepared)));
  VOLPRESS_CHECK(writeText(prepared.folder / "join.sh", joinScript(submission, prepared)));
  for (std::size_t task = 0; task < prepared.tasks; ++task) {
    std::error_code ignored;
    if (!fs::exists(prepared.folder / partName(task), ignored)) {
      prepared.submitted.push_back(task);
    }
  }
  return prepared;
}

Result<void> submitToSlurm(const ClipSubmission& submission, SubmittedClip& prepared, bool wait) {
  const std::string folder = fs::absolute(prepared.folder).string();
  std::vector<std::string> shared{"--parsable", "--chdir=" + folder};
  shared.insert(shared.end(), submission.slurmOptions.begin(), submission.slurmOptions.end());
  std::vector<std::string> joining{"sbatch", "--job-name=volpress-join", "--output=join.log"};
  if (!prepared.submitted.empty()) {
    std::string tasks;
    for (const std::size_t task : prepared.submitted) {
      tasks += fmt::format("{}{}", tasks.empty() ? "" : ",", task);
    }
    std::vector<std::string> encoding{"sbatch", "--job-name=volpress-encode",
                                      "--output=part-%a.log", "--array=" + tasks};
    if (submission.threads > 0) {
      encoding.push_back(fmt::format("--cpus-per-task={}", submission.threads));
    }
    encoding.insert(encoding.end(), shared.begin(), shared.end());
    encoding.push_back(folder + "/encode.sh");
    VOLPRESS_TRY(const std::string answer, runTool(encoding));
    VOLPRESS_TRY(prepared.arrayJob, jobNumber(answer));
    joining.push_back("--dependency=afterok:" + prepared.arrayJob);
    joining.emplace_back("--kill-on-invalid-dep=yes");
  }
  if (wait) {
    joining.emplace_back("--wait");
  }
  joining.insert(joining.end(), shared.begin(), shared.end());
  joining.push_back(folder + "/join.sh");
  const Result<std::string> answer = runTool(joining);
  if (!answer) {
    return fail(ErrorCode::IoFailure,
                "{}; the logs of the tasks are in {}; the same command again "
                "submits what is missing",
                answer.error().message, folder);
  }
  VOLPRESS_TRY(prepared.joinJob, jobNumber(*answer));
  return {};
}

}  // namespace volpress::engine
