// The doctor: what is in a scene file, what is wrong with it, and a repaired copy.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::engine {

/// Note: worth knowing. Warning: it shows, or costs. Error: programs refuse it or fail on it.
enum class Severity : std::uint8_t { Note, Warning, Error };
[[nodiscard]] const char* severityName(Severity severity);

/// One thing that was found.
struct Finding {
  std::string id;  ///< stable: "truncated", "not-a-number", "huge-splats", ...
  Severity severity = Severity::Note;
  std::string what;         ///< in plain words, with numbers
  std::string advice;       ///< what one can do; empty where nothing needs doing
  std::size_t splats = 0;   ///< affected; 0 where it is not about splats
  bool repairable = false;  ///< `repairCloud` takes care of it
};

struct Diagnosis {
  std::string formatId;
  std::uint64_t fileBytes = 0;
  std::size_t splats = 0;  ///< that are there
  unsigned shDegree = 0;
  unsigned levels = 1;
  Bounds bounds;                  ///< of the finite means
  double typicalSize = 0;         ///< the median splat's largest standard deviation, scene units
  double overdraw = 0;            ///< splats over a pixel, on average, seen as a whole
  std::vector<Finding> findings;  ///< the worst first
  std::shared_ptr<const GaussianCloud> cloud;  ///< as stored: may fail `validate`

  /// Anything worse than a note.
  [[nodiscard]] bool hasProblems() const;
  [[nodiscard]] bool isRepairable() const;
};

/// What is wrong with numbers as they are stored. Fills everything of a diagnosis but what is the
/// file's. Works on clouds that `validate` refuses.
[[nodiscard]] Diagnosis diagnoseCloud(std::shared_ptr<const GaussianCloud> cloud,
                                      TaskRunner& runner, const std::stop_token& stop);

/// Reads a file without mending anything, as far as it goes, and looks at it. Fails where nothing
/// can be read.
[[nodiscard]] Result<Diagnosis> diagnoseFile(const std::filesystem::path& path, TaskRunner& runner,
                                             Progress& progress, const std::stop_token& stop);

/// What a repair did.
struct RepairReport {
  std::size_t removed = 0;   ///< not a number, infinite, gigantic, lost in space, or there twice
  std::size_t adjusted = 0;  ///< opacities, scales and rotations replaced by the nearest that work
};

/// A copy that passes `validate` and has none of the repairable findings. Nothing else changes.
[[nodiscard]] GaussianCloud repairCloud(const GaussianCloud& cloud, TaskRunner& runner,
                                        RepairReport& report);

/// What was written by a repair.
struct RepairedFile {
  RepairReport report;
  std::size_t splats = 0;
  std::vector<std::string> warnings;  ///< of the format written
};
/// Repairs what a diagnosis looked at and writes it to `output`, in the format that its name says.
[[nodiscard]] Result<RepairedFile> writeRepaired(const Diagnosis& diagnosis,
                                                 const std::filesystem::path& output,
                                                 TaskRunner& runner, Progress& progress,
                                                 const std::stop_token& stop);

/// The splats that a finding is about, ascending; of a cloud that passes `validate`, as an import
/// makes it. Empty for findings that are about none, or about splats that no import keeps.
[[nodiscard]] std::vector<std::uint32_t> splatsOf(const GaussianCloud& cloud,
                                                  std::string_view findingId);

}  // namespace volpress::engine
