#include "app/engine/compare_work.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

#include "app/engine/json_text.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr const char* kIdentity = "comparison.json";

/// What tells one file from another, or from what it was before.
Json stampOf(const fs::path& path) {
  std::error_code ignored;
  const bool isFile = fs::is_regular_file(path, ignored);
  return {{"path", pathToJson(fs::absolute(path, ignored).lexically_normal())},
          {"bytes", isFile ? fs::file_size(path, ignored) : 0},
          {"time", fs::last_write_time(path, ignored).time_since_epoch().count()}};
}

std::uint64_t hashOf(const ViewSet& views) {
  ByteWriter bytes;
  for (const View& view : views.views) {
    bytes.write(view.camera.rotation);
    bytes.write(view.camera.position);
    for (const float value : {view.camera.fx, view.camera.fy, view.camera.cx, view.camera.cy}) {
      bytes.write(value);
    }
    bytes.write(std::uint64_t{view.camera.width});
    bytes.write(std::uint64_t{view.camera.height});
    bytes.write(std::uint8_t{view.heldOut});
  }
  return hashBytes(bytes.bytes());
}

bool isOf(const fs::path& folder, const std::string& identity) {
  std::error_code ignored;
  if (!fs::is_regular_file(folder / kIdentity, ignored)) {
    return false;
  }
  const auto file = MappedFile::open(folder / kIdentity);
  return file && viewText(file->bytes()) == identity;
}

/// A job as it was asked for, without what the queue added.
std::string wordingOf(JobSpec spec) {
  spec.record.clear();
  spec.scratch.clear();
  return jobToJson(spec);
}

/// Whether a fine-tune of it can go on from somewhere.
bool hasState(const JobSpec& spec) {
  std::error_code none;
  return fs::is_directory(spec.scratch, none) && !fs::is_empty(spec.scratch, none);
}

}  // namespace

CompareWork::CompareWork(fs::path folder, FolderLock lock, const fs::path& program)
    : m_folder(std::move(folder)),
      m_lock(std::move(lock)),
      m_queue(std::make_unique<JobQueue>(program, QueueLimits{}, m_folder)) {
  const auto jobs = m_queue->jobs();
  m_known = static_cast<std::size_t>(std::count_if(
      jobs.begin(), jobs.end(), [](const JobStatus& job) { return job.state == JobState::Done; }));
}

Result<CompareWork> CompareWork::open(const fs::path& report, const fs::path& input,
                                      const fs::path& program, const ViewSet& views) {
  fs::path folder = report;
  folder += ".unfinished";
  const std::string identity = dumpJson({{"input", stampOf(input)},
                                         {"program", stampOf(program)},
                                         {"views", fmt::format("{:016x}", hashOf(views))}},
                                        2) +
                               "\n";
  std::error_code code;
  const bool isOther = fs::exists(folder, code) && !isOf(folder, identity);
  if (isOther) {
    VOLPRESS_CHECK(
        checkOutputFolder(folder, kIdentity));  // only what this program wrote is removed
  }
  fs::create_directories(folder, code);
  if (code) {
    return fail(ErrorCode::IoFailure, "{}: cannot create the folder: {}", folder.string(),
                code.message());
  }
  // First of all what marks the folder as this program's, wherever it is killed.
  const auto identify = [&] {
    return writeFileAtomically(folder / kIdentity, viewBytes(identity));
  };
  if (!isOther) {
    VOLPRESS_CHECK(identify());
  }
  auto lock = FolderLock::take(folder);
  if (!lock) {
    return fail(ErrorCode::IoFailure, "{}: another comparison is at work there", folder.string());
  }
  if (isOther) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, code)) {
      if (entry.path().filename() != FolderLock::kFile && entry.path().filename() != kIdentity) {
        fs::remove_all(entry.path(), code);
      }
    }
    VOLPRESS_CHECK(identify());
  }
  return CompareWork(std::move(folder), *std::move(lock), program);
}

Result<std::uint64_t> CompareWork::want(JobSpec spec, const std::string& stem,
                                        const std::string& extension) {
  // What differs in anything writes another file.
  const std::uint64_t mark = hashBytes(viewBytes(wordingOf(spec)));
  spec.output = m_folder / fmt::format("{}-{:016x}{}", stem, mark, extension);
  for (const JobStatus& job : m_queue->jobs()) {
    if (job.spec.output == spec.output) {
      m_wanted.insert(job.id);
      m_queue->retry(job.id);  // does nothing to one that is done or pending
      return job.id;
    }
  }
  VOLPRESS_TRY(const std::uint64_t id, m_queue->add(std::move(spec)));
  m_wanted.insert(id);
  return id;
}

void CompareWork::dropOthers() {
  for (const JobStatus& job : m_queue->jobs()) {
    if (!m_wanted.contains(job.id)) {
      m_queue->cancel(job.id);
      m_queue->remove(job.id);
    }
  }
}

bool CompareWork::leave() {
  const auto all = jobs();
  const bool any = std::any_of(all.begin(), all.end(), [](const JobStatus& job) {
    return job.state == JobState::Done || hasState(job.spec);
  });
  if (any) {
    m_queue.reset();
  } else {
    remove();
  }
  return any;
}

void CompareWork::remove() {
  m_queue.reset();
  std::error_code ignored;
  fs::remove_all(m_folder, ignored);
}

}  // namespace volpress::engine
