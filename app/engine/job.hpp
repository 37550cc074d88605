// What a background job is: plain data, written as JSON to the worker process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "scene/base/params.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/format.hpp"

namespace volpress::engine {

/// Encode one scene with one codec, decode the written bytes again, and measure them.
struct JobSpec {
  std::filesystem::path input;   ///< a scene file
  std::filesystem::path output;  ///< the file to write; two jobs may not write one path
  std::string codec;             ///< codec id
  std::string preset;            ///< preset id, empty for the defaults
  ParamSet overrides;            ///< on top of the preset
  std::string views = "auto";    ///< as `--views`
  std::uint64_t seed = 1;
  std::size_t threads = 0;  ///< 0: all
};

/// Quality of one view.
struct ViewQuality {
  std::string view;
  bool heldOut = false;
  double psnr = 0;  ///< dB; +infinity for identical pictures
  double ssim = 0;
  double msSsim = 0;
  double flip = 0;
};

/// Everything measured of one result. Sizes are of files on disk, quality is of the scene decoded
/// from those bytes alone, against the original, over `views`.
struct Evaluation {
  std::uint64_t fileBytes = 0;
  std::uint64_t referenceBytes = 0;  ///< float PLY of the original's SH degree (floatPlyBytes)
  std::size_t splatsIn = 0;
  std::size_t splatsOut = 0;
  double encodeSeconds = 0;
  double decodeSeconds = 0;
  std::uint64_t peakMemoryBytes = 0;  ///< of the whole job's process; 0 when not known
  std::vector<formats::ByteShare> breakdown;
  std::vector<ViewQuality> views;

  [[nodiscard]] double ratio() const;
  /// PSNR of the mean squared error would favour bad views; as in the literature this is the mean
  /// of the views' PSNR (views that are identical count as 100 dB).
  [[nodiscard]] double meanPsnr() const;
  [[nodiscard]] double worstPsnr() const;
  [[nodiscard]] double meanSsim() const;
  [[nodiscard]] double meanMsSsim() const;
  [[nodiscard]] double meanFlip() const;
};

enum class JobState : std::uint8_t { Queued, Running, Done, Failed, Cancelled };
[[nodiscard]] const char* jobStateName(JobState state);

/// A job as shown: a copy, safe to keep.
struct JobStatus {
  std::uint64_t id = 0;
  JobSpec spec;
  JobState state = JobState::Queued;
  double fraction = 0;                ///< 0..1, only rises
  std::string stage;                  ///< "scoring views"
  std::string detail;                 ///< "31/48 views"
  std::optional<double> secondsLeft;  ///< an estimate, absent until there is one
  double secondsRunning = 0;
  std::string error;  ///< Failed: what happened, to what, what one can do
  std::vector<std::string> log;
  std::string commandLine;               ///< the `volpress` line that repeats it
  std::optional<Evaluation> evaluation;  ///< Done
};

[[nodiscard]] std::string jobToJson(const JobSpec& spec);
[[nodiscard]] Result<JobSpec> jobFromJson(std::string_view json);
[[nodiscard]] std::string evaluationToJson(const Evaluation& evaluation);
[[nodiscard]] Result<Evaluation> evaluationFromJson(std::string_view json);
/// "volpress encode ..." with shell quoting.
[[nodiscard]] std::string repeatingCommand(const JobSpec& spec);

}  // namespace volpress::engine
