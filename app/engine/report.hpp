// The report of a comparison: what is in it, and how it is written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/job.hpp"

namespace volpress::engine {

/// Colours that the style sheet has for the parts of a file: .part0 and up.
inline constexpr std::size_t kPartColours = 14;

/// Pictures of one result from one shown view; paths relative to the report's folder.
struct ReportPictures {
  std::string result;
  std::string error;  ///< FLIP map in colours
};

/// Bytes of one part of a clip, of each frame: what frames share is spread over them.
struct ClipPart {
  std::string name;
  std::vector<double> bytes;
};

/// How a moving scene fares over time. PSNR and SSIM of each frame are the views of the evaluation.
struct ClipTimeline {
  std::size_t frames = 0;
  std::vector<double> flicker;  ///< of each frame: see FrameQuality
  std::vector<ClipPart> parts;
  [[nodiscard]] double meanFlicker() const;  ///< of frames that have one before them
};

/// One codec and preset.
struct ReportRow {
  std::string codec;
  std::string codecLabel;
  std::string preset;   ///< never empty: "default"
  std::string file;     ///< relative to the report's folder; empty when it failed
  std::string command;  ///< the `volpress` line that repeats it
  JobState state = JobState::Done;
  std::string error;                     ///< Failed: why
  std::optional<Evaluation> evaluation;  ///< Done
  std::vector<ReportPictures> pictures;  ///< Done: one for each shown view
  std::optional<ClipTimeline> timeline;  ///< Done, of moving scenes
};

/// A view of which the report shows pictures.
struct ReportView {
  std::string name;
  bool heldOut = false;
  std::string original;  ///< picture, relative to the report's folder
  std::size_t width = 0;
  std::size_t height = 0;
};

/// One scene of a report over several.
struct ReportScene {
  std::string name;
  std::string page;  ///< of its own report, relative to this one
  std::size_t splats = 0;
  unsigned shDegree = 0;
  std::vector<std::optional<Evaluation>> results;  ///< one for each row
};

/// The BD-rate of a codec against another, over several scenes.
struct ReportMeanRate {
  std::string codec, codecLabel;
  std::string against, againstLabel;
  double percent = 0;
  std::size_t scenes = 0;  ///< that have it
};

struct Report {
  std::string scene;  ///< file name of the original
  std::string sceneFormat;
  std::uint64_t sceneBytes = 0;
  std::vector<std::string> edits;   ///< done before, with what each did; splats are counted after
  std::size_t splats = 0;           ///< 0 for meshes, fields and pictures
  std::size_t triangles = 0;        ///< of meshes, else 0
  std::size_t fieldParameters = 0;  ///< of fields, else 0
  std::size_t pixels = 0;           ///< of pictures, else 0
  std::size_t frames = 0;           ///< of moving scenes; shown views are frames then
  unsigned shDegree = 0;
  std::uint64_t referenceBytes =
      0;  ///< of the float PLY; of meshes plain arrays and pictures; 8-bit RGB
  std::string viewsOrigin;
  std::size_t viewCount = 0;
  std::uint64_t seed = 1;
  std::string drawnBy;
  std::vector<ReportView> views;
  std::vector<ReportRow> rows;
  std::vector<ReportScene> scenes;  ///< of a report over several (report_scenes.hpp)
};

/// Everything of the report as indented JSON.
[[nodiscard]] std::string reportJson(const Report& report);

/// One page: no script, style or picture from elsewhere than its own folder.
[[nodiscard]] std::string reportHtml(const Report& report);

/// The quality/size chart as an SVG element: PSNR over file size on a logarithmic axis, with the
/// quality bands that begin at 32, 38 and 45 dB. Each codec has a colour and a marker of its own.
[[nodiscard]] std::string reportChart(const Report& report);

/// The curves over time of a moving scene, with what the script needs to follow the pointer;
/// nothing for others.
[[nodiscard]] std::string reportTimeline(const Report& report);

/// Number of the colour and marker of a row's codec, 0-based in order of first appearance.
[[nodiscard]] std::size_t reportSeries(const Report& report, const ReportRow& row);
/// A marker as SVG shapes centred on (x, y), in the current colour.
[[nodiscard]] std::string reportMarker(std::size_t series, double x, double y, double radius);

/// The row's codec, and its preset when it is not the default.
[[nodiscard]] std::string reportRowName(const ReportRow& row);
/// `json` as an element of type application/json, which it cannot close.
[[nodiscard]] std::string reportData(std::string_view id, std::string json);
/// Text made safe for HTML elements and attributes.
[[nodiscard]] std::string escapeHtml(std::string_view text);
/// "2.24 MB", decimal units.
[[nodiscard]] std::string reportBytes(std::uint64_t bytes);

/// Makes the folders "files" and "images" of a report.
[[nodiscard]] Result<void> makeReportFolders(const std::filesystem::path& folder);

/// Writes index.html and results.json into `folder`.
[[nodiscard]] Result<void> writeReport(const std::filesystem::path& folder, const Report& report);

}  // namespace volpress::engine
