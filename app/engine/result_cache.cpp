#include "app/engine/result_cache.hpp"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <system_error>

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

bool isRunning(int process) { return ::kill(process, 0) == 0 || errno == EPERM; }

/// The process id at the end of "20260102-030405-4711", or 0 for a folder of another name.
int processOf(const std::string& name) {
  const std::size_t dash = name.rfind('-');
  int process = 0;
  if (dash == std::string::npos) {
    return 0;
  }
  const char* end = name.data() + name.size();
  const auto [stopped, problem] = std::from_chars(name.data() + dash + 1, end, process);
  return problem == std::errc() && stopped == end && process > 0 ? process : 0;
}

CachedRun measure(const fs::directory_entry& folder) {
  std::error_code problem;
  CachedRun run;
  run.folder = folder.path();
  run.newest = fs::file_time_type::min();
  run.inUse = isRunning(processOf(folder.path().filename().string()));
  const auto options = fs::directory_options::skip_permission_denied;
  for (auto at = fs::recursive_directory_iterator(folder.path(), options, problem);
       !problem && at != fs::recursive_directory_iterator(); at.increment(problem)) {
    std::error_code ignored;
    if (at->is_regular_file(ignored) && !at->is_symlink(ignored)) {
      run.bytes += at->file_size(ignored);
      run.newest = std::max(run.newest, at->last_write_time(ignored));
    }
  }
  if (run.newest == fs::file_time_type::min()) {
    run.newest = folder.last_write_time(problem);
  }
  return run;
}

}  // namespace

std::vector<CachedRun> listCachedRuns(const fs::path& cache) {
  std::vector<CachedRun> runs;
  std::error_code problem;
  for (const auto& entry : fs::directory_iterator(cache / "results", problem)) {
    std::error_code ignored;
    if (entry.is_directory(ignored) && !entry.is_symlink(ignored) &&
        processOf(entry.path().filename().string()) != 0) {
      runs.push_back(measure(entry));
    }
  }
  std::sort(runs.begin(), runs.end(), [](const CachedRun& a, const CachedRun& b) {
    return a.newest != b.newest ? a.newest < b.newest : a.folder < b.folder;
  });
  return runs;
}

std::uint64_t totalBytes(const std::vector<CachedRun>& runs) {
  std::uint64_t total = 0;
  for (const CachedRun& run : runs) {
    total += run.bytes;
  }
  return total;
}

std::vector<CachedRun> runsOverLimit(const std::vector<CachedRun>& runs, std::uint64_t limitBytes,
                                     const std::set<fs::path>& kept) {
  std::uint64_t left = totalBytes(runs);
  std::vector<CachedRun> chosen;
  for (const CachedRun& run : runs) {
    if (left <= limitBytes) {
      break;
    }
    if (!run.inUse && kept.count(run.folder) == 0) {
      chosen.push_back(run);
      left -= run.bytes;
    }
  }
  return chosen;
}

Result<void> deleteCachedRuns(const std::vector<CachedRun>& runs) {
  Result<void> result;
  for (const CachedRun& run : runs) {
    std::error_code problem;
    fs::remove_all(run.folder, problem);
    if (problem && result) {
      result = fail(ErrorCode::IoFailure, "{} could not be deleted: {}", run.folder.string(),
                    problem.message());
    }
  }
  return result;
}

}  // namespace volpress::engine
