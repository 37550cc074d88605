// What a background job is: plain data, written as JSON to the worker process.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/photo_options.hpp"
#include "scene/base/params.hpp"
#include "scene/base/result.hpp"
#include "scene/edit/operations.hpp"
#include "scene/formats/format.hpp"

namespace volpress::engine {

/// What a search for the codec's quality knob should reach.
struct QualityTarget {
  enum class Kind : std::uint8_t { SizeBytes, MeanPsnr };
  Kind kind = Kind::SizeBytes;
  double value = 0;  ///< bytes, or dB; > 0
};

/// Encode one scene with one codec, decode the written bytes again, and measure them.
struct JobSpec {
  std::filesystem::path input;             ///< a scene file
  std::filesystem::path output;            ///< the file to write; two jobs may not write one path
  std::string codec;                       ///< codec id
  std::string preset;                      ///< preset id, empty for the defaults
  ParamSet overrides;                      ///< on top of the preset
  unsigned level = 0;                      ///< of detail, of an input that has several
  std::vector<edit::EditOperation> edits;  ///< done to the scene before it is encoded
  std::string views = "auto";              ///< as `--views`
  std::uint64_t seed = 1;
  std::size_t threads = 0;              ///< 0: all
  PhotoOptions photos;                  ///< a codec may learn from; no data set: none
  std::optional<QualityTarget> target;  ///< moves the codec's quality knob until this is met
  std::string title;                    ///< of the variant it makes; for people, may be empty
  std::uint64_t owner = 0;              ///< whoever added it may say for which scene; 0: nobody
  std::filesystem::path record;  ///< the evaluation is kept here once the output is whole; or empty
  std::filesystem::path scratch;  ///< folder for checkpoints that outlive a kill; or empty
  double checkpointSeconds = 30;  ///< between their writes
  double previewSeconds = 0;      ///< between looks at the scene while it is fine-tuned, which lie
                                  ///< in `scratch` meanwhile; 0: none
};

/// A look at the scene that a running job is fine-tuning: about what its file would show if it
/// ended then.
struct JobPreview {
  std::filesystem::path file;  ///< a scene; goes away with the next but one, and with the job
  std::string moment;          ///< for people: "step 400 of 2000"
};
/// Where they lie.
[[nodiscard]] inline std::filesystem::path previewFolderOf(const JobSpec& spec) {
  return spec.scratch.empty() ? std::filesystem::path() : spec.scratch / "previews";
}

/// What an identical view counts in a mean, in dB: no 8-bit picture comes near it.
inline constexpr double kIdenticalPsnr = 100;

/// Quality of one view.
struct ViewQuality {
  std::string view;
  bool heldOut = false;
  double psnr = 0;  ///< dB; +infinity for identical pictures
  double ssim = 0;
  double msSsim = 0;
  double flip = 0;
};

/// Surfaces at moments spread over all animations of the original; fractions of the diagonal.
struct MeshMotionQuality {
  std::size_t moments = 0;
  double rmsMean = 0;
  double rmsWorst = 0;
  double hausdorffWorst = 0;
};

/// Of meshes: how the shape has changed. Distances are fractions of the diagonal of the original's
/// bounds, the larger of both directions; angles are degrees.
struct MeshQuality {
  std::size_t trianglesIn = 0;
  std::size_t trianglesOut = 0;
  std::size_t verticesIn = 0;
  std::size_t verticesOut = 0;
  std::uint64_t geometryBytes = 0;  ///< the original's as plain arrays
  double hausdorff = 0;
  double rms = 0;
  double mean = 0;
  double p99 = 0;
  double normalMean = 0;
  double normalP95 = 0;
  /// Texels of the picture, or of 1,024 a unit where there is none; nothing without coordinates.
  std::optional<double> uvMean;
  std::optional<double> uvP99;
  std::optional<MeshMotionQuality> motion;  ///< of an original that moves
  double flatPsnr = 0;           ///< dB, mean over the views; identical views count as 100
  double silhouetteOverlap = 1;  ///< intersection over union, mean over the views
  std::size_t boundaryEdgesIn = 0;
  std::size_t boundaryEdgesOut = 0;
  std::size_t nonManifoldEdgesIn = 0;
  std::size_t nonManifoldEdgesOut = 0;
  std::size_t componentsIn = 0;
  std::size_t componentsOut = 0;
};

/// Everything measured of one result. Sizes are of files on disk, quality is of the scene decoded
/// from those bytes alone, against the original, over `views`.
struct Evaluation {
  std::uint64_t fileBytes = 0;
  /// Float PLY of the original's SH degree (floatPlyBytes); of meshes plain arrays and pictures.
  std::uint64_t referenceBytes = 0;
  std::size_t splatsIn = 0;
  std::size_t splatsOut = 0;
  double encodeSeconds = 0;
  double decodeSeconds = 0;
  std::uint64_t peakMemoryBytes = 0;  ///< of the whole job's process; 0 when not known
  std::vector<formats::ByteShare> breakdown;
  std::vector<ViewQuality> views;
  /// The same views with what depends on the view baked to SH, as every other program will show
  /// it, where `views` are of the file's own answer to each view; else empty.
  std::vector<ViewQuality> bakedViews;
  std::optional<MeshQuality> mesh;  ///< of meshes
  std::size_t encodes = 1;          ///< a search for a target takes several
  ParamSet settled;          ///< the quality knob where a search ended; empty without a target
  std::string missedTarget;  ///< what hindered the search, for people; empty where it was met

  [[nodiscard]] double ratio() const;
  /// PSNR of the mean squared error would favour bad views; as in the literature this is the mean
  /// of the views' PSNR (views that are identical count as 100 dB).
  [[nodiscard]] double meanPsnr() const;
  [[nodiscard]] double worstPsnr() const;
  [[nodiscard]] double meanSsim() const;
  [[nodiscard]] double meanMsSsim() const;
  [[nodiscard]] double meanFlip() const;
  [[nodiscard]] bool isNative() const noexcept { return !bakedViews.empty(); }
  /// As `meanPsnr`, of `bakedViews`.
  [[nodiscard]] double bakedMeanPsnr() const;
};

/// Interrupted: it ran when the program ended and starts anew by itself. Paused jobs hold their
/// process (if they had one) and wait for `resume`.
enum class JobState : std::uint8_t {
  Queued,
  Running,
  Pausing,
  Paused,
  Interrupted,
  Done,
  Failed,
  Cancelled
};
[[nodiscard]] const char* jobStateName(JobState state);
[[nodiscard]] std::optional<JobState> jobStateFromName(std::string_view name);
/// Whether it has not come to its end yet.
[[nodiscard]] bool isPending(JobState state);

/// A job as shown: a copy, safe to keep.
struct JobStatus {
  std::uint64_t id = 0;
  JobSpec spec;
  JobState state = JobState::Queued;
  double fraction = 0;                ///< 0..1, only rises
  std::string stage;                  ///< "scoring views"
  std::string detail;                 ///< "31/48 views"
  std::optional<double> secondsLeft;  ///< an estimate, absent until there is one
  double secondsRunning = 0;          ///< without pauses
  double cpuSeconds = 0;
  std::uint64_t memoryBytes = 0;      ///< resident now
  std::uint64_t peakMemoryBytes = 0;  ///< the most that was seen
  std::string error;                  ///< Failed: what happened, to what, what one can do
  std::vector<std::string> log;
  std::string commandLine;               ///< the `volpress` line that repeats it
  std::optional<JobPreview> preview;     ///< Running: the newest, if there is one
  std::optional<Evaluation> evaluation;  ///< Done
};

[[nodiscard]] std::string jobToJson(const JobSpec& spec);
[[nodiscard]] Result<JobSpec> jobFromJson(std::string_view json);
[[nodiscard]] std::string evaluationToJson(const Evaluation& evaluation);
[[nodiscard]] Result<Evaluation> evaluationFromJson(std::string_view json);
/// "20MB", "850 kB", "1.5 MiB" or plain bytes; InvalidParameter for anything else.
[[nodiscard]] Result<double> parseByteSize(std::string_view text);
/// "volpress encode ..." with shell quoting.
[[nodiscard]] std::string repeatingCommand(const JobSpec& spec);

}  // namespace volpress::engine
