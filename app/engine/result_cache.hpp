// Results that were not exported or saved with a project lie in a cache folder until thrown away.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>
#include <vector>

#include "scene/base/result.hpp"

namespace volpress::engine {

/// The results of one run of the studio: the folder "<cache>/results/<date>-<time>-<process id>".
struct CachedRun {
  std::filesystem::path folder;
  std::uint64_t bytes = 0;
  std::filesystem::file_time_type newest;  ///< of its files; of the folder where it has none
  bool inUse = false;                      ///< its process still runs
};

/// The runs below `cache`, oldest first. Links are not followed. Empty when there is no such
/// folder.
[[nodiscard]] std::vector<CachedRun> listCachedRuns(const std::filesystem::path& cache);

[[nodiscard]] std::uint64_t totalBytes(const std::vector<CachedRun>& runs);

/// Which runs to delete, oldest first, so that at most `limitBytes` remain. Runs in use and those
/// in `kept` stay, even when that leaves more.
[[nodiscard]] std::vector<CachedRun> runsOverLimit(const std::vector<CachedRun>& runs,
                                                   std::uint64_t limitBytes,
                                                   const std::set<std::filesystem::path>& kept);

/// Deletes these runs for good; IoFailure names the first file that could not be deleted, after
/// trying all of them.
[[nodiscard]] Result<void> deleteCachedRuns(const std::vector<CachedRun>& runs);

}  // namespace volpress::engine
