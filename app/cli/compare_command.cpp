// volpress compare
#include <mutex>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/cli/edit_options.hpp"
#include "app/engine/bd_rate.hpp"
#include "app/engine/clip_compare.hpp"
#include "app/engine/compare.hpp"
#include "app/engine/compare_scenes.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/sweep.hpp"
#include "app/engine/voxel_compare.hpp"
#include "app/engine/voxel_files.hpp"
#include "scene/sequence/sequence_folder.hpp"

namespace volpress::cli {
namespace {

struct CompareOptions {
  std::string input;
  std::vector<std::string> more;  ///< scenes, compared in the same way
  std::string folder;
  std::string codecs;
  std::size_t shownViews = 4;
  std::size_t points = 0;  ///< of a sweep; 0: no sweep
  std::optional<double> psnr;
  ViewSetOptions views;
  engine::SceneState state;
};

/// Bytes of each codec against SOG and SPZ at equal quality, or nothing.
std::string bdRateText(const engine::Report& report) {
  std::vector<std::vector<std::string>> rows{{"codec", "against", "BD-rate", "PSNR from", "to"}};
  for (const engine::ReportBdRate& one : engine::reportBdRates(report)) {
    rows.push_back({one.codec, one.against, fmt::format("{:+.1f} %", one.rate.percent),
                    fmt::format("{:.2f} dB", one.rate.fromPsnr),
                    fmt::format("{:.2f} dB", one.rate.toPsnr)});
  }
  return rows.size() > 1 ? textTable(rows) + "\n" : std::string();
}

/// The table of a moving scene.
std::string clipText(const std::string& folder, const engine::Report& report) {
  std::vector<std::vector<std::string>> rows{{"codec", "a frame", "ratio", "PSNR", "worst", "SSIM",
                                              "worst", "flicker", "encode", "decoded"}};
  for (const engine::ReportRow& row : report.rows) {
    std::string name = row.codec + (row.preset == "default" ? "" : ":" + row.preset);
    if (!row.evaluation || !row.timeline) {
      rows.push_back({std::move(name), jobStateName(row.state)});
      continue;
    }
    const engine::Evaluation& e = *row.evaluation;
    double worstSsim = 1;
    for (const engine::ViewQuality& view : e.views) {
      worstSsim = std::min(worstSsim, view.ssim);
    }
    const auto frames = static_cast<double>(report.frames);
    rows.push_back({std::move(name), describeBytes(e.fileBytes / report.frames),
                    fmt::format("{:.1f}x", e.ratio()), fmt::format("{:.2f} dB", e.meanPsnr()),
                    fmt::format("{:.2f} dB", e.worstPsnr()), fmt::format("{:.4f}", e.meanSsim()),
                    fmt::format("{:.4f}", worstSsim),
                    fmt::format("{:.5f}", row.timeline->meanFlicker()),
                    fmt::format("{:.1f} s", e.encodeSeconds),
                    fmt::format("{:.1f} frames/s", frames / std::max(1e-9, e.decodeSeconds))});
  }
  const std::string splats =
      report.splats == 0 ? std::string() : describeCount(report.splats) + " splats, ";
  return fmt::format("{}, {} frames, {}{} views of {}\n\n{}\nOpen {}\n", report.scene,
                     describeCount(report.frames), splats, report.viewCount, report.viewsOrigin,
                     textTable(rows),
                     (std::filesystem::path(folder) / "index.html").lexically_normal().string());
}

std::string resultText(const std::string& folder, const engine::Report& report) {
  std::vector<std::vector<std::string>> rows{
      {"codec", "size", "ratio", "PSNR", "worst", "SSIM", "FLIP", "encode", "decode", "baked"}};
  bool anyNative = false;
  for (const engine::ReportRow& row : report.rows) {
    std::string name = row.codec + (row.preset == "default" ? "" : ":" + row.preset);
    if (!row.evaluation) {
      rows.push_back({std::move(name), jobStateName(row.state)});
      continue;
    }
    const engine::Evaluation& e = *row.evaluation;
    rows.push_back({std::move(name), describeBytes(e.fileBytes), fmt::format("{:.2f}x", e.ratio()),
                    fmt::format("{:.2f} dB", e.meanPsnr()), fmt::format("{:.2f} dB", e.worstPsnr()),
                    fmt::format("{:.4f}", e.meanSsim()), fmt::format("{:.4f}", e.meanFlip()),
                    fmt::format("{:.2f} s", e.encodeSeconds),
                    fmt::format("{:.2f} s", e.decodeSeconds),
                    e.isNative() ? fmt::format("{:.2f} dB", e.bakedMeanPsnr()) : std::string()});
    anyNative = anyNative || e.isNative();
  }
  if (!anyNative) {
    rows.front().pop_back();
  }
  const std::pair<std::size_t, const char*> count =
      report.fieldParameters != 0 ? std::pair(report.fieldParameters, "parameters")
      : report.triangles != 0     ? std::pair(report.triangles, "triangles")
      : report.pixels != 0        ? std::pair(report.pixels, "pixels")
                                  : std::pair(report.splats, "splats");
  return fmt::format("{}, {} {}, {} views of {}\n\n{}\n{}Open {}\n", report.scene,
                     describeCount(count.first), count.second, report.viewCount, report.viewsOrigin,
                     textTable(rows), bdRateText(report),
                     (std::filesystem::path(folder) / "index.html").lexically_normal().string());
}

Result<void> compare(const CompareOptions& options, const CommonOptions& common, Console& console) {
  engine::CompareSpec spec;
  spec.input = options.input;
  spec.folder = options.folder;
  const bool voxels = engine::isVoxelSequence(options.input);
  const bool moves =
      voxels || (looksLikeSequence(options.input) && !engine::isMeshFolder(options.input));
  if (moves && (options.points > 0 || !options.state.edits.empty() || !options.more.empty())) {
    return fail(ErrorCode::InvalidParameter,
                "{}: is a moving scene; sweeps, edits and reports over several are for single ones",
                options.input);
  }
  if (options.psnr && (!moves || voxels)) {
    return fail(ErrorCode::InvalidParameter,
                "{}: --psnr is for moving splats; \"volpress sweep\" shows the curves of others",
                options.input);
  }
  std::string codecs = options.codecs;
  if (codecs.empty() && !moves) {
    codecs = engine::isFieldFile(options.input)     ? "fields"
             : engine::isMeshFile(options.input)    ? "meshes"
             : engine::isPictureFile(options.input) ? "pictures"
                                                    : "";
  }
  VOLPRESS_TRY(spec.codecs, voxels  ? engine::parseVoxelChoices(codecs)
                            : moves ? engine::parseClipChoices(codecs)
                                    : engine::parseCodecChoices(codecs));
  if (options.points > 0) {
    VOLPRESS_TRY(spec.codecs, engine::sweepChoices(spec.codecs, options.points));
  }
  spec.state = options.state;
  spec.views = options.views.views;
  spec.seed = options.views.seed;
  spec.threads = common.threads;
  spec.shownViews = options.shownViews;
  spec.psnr = options.psnr;

  std::mutex mutex;
  Progress::Snapshot latest{0, "reading the scene", {}};
  engine::CompareRun run;
  run.program = ownProgram();
  run.stop = console.stopToken();
  run.note = [&](const std::string& line) { console.note("note: " + line); };
  run.progress = [&](const Progress::Snapshot& snapshot) {
    const std::scoped_lock lock(mutex);
    latest = snapshot;
  };
  const auto report = [&] {
    const ProgressLine line(console, [&] {
      const std::scoped_lock lock(mutex);
      return latest;
    });
    if (!options.more.empty()) {
      std::vector<std::filesystem::path> inputs{options.input};
      inputs.insert(inputs.end(), options.more.begin(), options.more.end());
      return engine::runCompareScenes(inputs, spec, run);
    }
    return voxels  ? engine::runVoxelCompare(spec, run)
           : moves ? engine::runClipCompare(spec, run)
                   : engine::runCompare(spec, run);
  }();
  if (!report) {
    return tl::unexpected<Error>(report.error());
  }
  console.print(moves ? clipText(options.folder, *report) : resultText(options.folder, *report));
  std::size_t failed = 0;
  for (const engine::ReportRow& row : report->rows) {
    failed += row.evaluation ? std::size_t{0} : std::size_t{1};
  }
  if (failed > 0) {
    return fail(ErrorCode::Internal, "{} of {} codecs failed; the report in {} says why", failed,
                report->rows.size(), options.folder);
  }
  console.printJson(engine::reportJson(*report));
  return {};
}

/// What compare and sweep have in common.
void addReportOptions(CLI::App& app, CompareOptions& options) {
  app.add_option("IN", options.input,
                 "A scene file, a .vpc, a folder with a loose SOG, or a folder of numbered frames")
      ->required();
  app.add_option("-o,--output", options.folder,
                 "The folder to write: index.html, results.json, the files and the pictures. An "
                 "earlier report is replaced, anything else is not")
      ->type_name("FOLDER")
      ->required();
  app.add_option("--pictures", options.shownViews,
                 fmt::format("Views of which to show pictures (default {})", options.shownViews))
      ->type_name("N")
      ->check(CLI::Range(1, 64));
  addEditOptions(app, options.state.edits);
  addLevelOption(app, options.state.level);
  addViewsOption(app, options.views);
  addSeedOption(app, options.views);
}

}  // namespace

Command addCompareCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "compare", "Run several codecs on a scene and write a page that shows them side by side");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<CompareOptions>();
  app->add_option(
         "--codecs", options->codecs,
         "Codecs and presets, separated by commas; id:* is every preset of one (default: "
         "every codec with its defaults). Of moving scenes also id:key=value+key=value; codecs "
         "of single scenes take each frame by itself. Of a picture the others aim at the bytes of "
         "the first")
      ->type_name("id[:preset],...");
  addReportOptions(*app, *options);
  app->add_option("--psnr", options->psnr,
                  "Of moving splats: what the quality knob of each codec that has one is set for")
      ->type_name("DB")
      ->check(CLI::Range(10.0, 100.0));
  app->add_option("MORE", options->more,
                  "Further scenes: each gets a report in FOLDER, and FOLDER one over all; what an "
                  "interrupted run has measured is kept")
      ->type_name("IN");
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress compare scene.ply -o report\n"
      "  volpress compare chair.splat biker.spz fox.ply --codecs sog,spz,volpress:* -o report\n"
      "  volpress compare scene.ply --codecs spz,sog,lightgaussian:* -o report --views orbit:16\n"
      "  volpress compare helmet.glb --codecs draco:*,meshopt -o report\n"
      "  volpress compare photo.png --codecs gaussianimage,jpeg,webp,avif,jxl -o report\n"
      "  volpress compare walk --codecs dualgs,hifi4g:small,sog -o report\n"
      "  volpress compare walk --codecs dualgs,hifi4g,v3,intra,4dgs,dgs --psnr 40 -o report\n"
      "  volpress compare scene.ply -o report --crop-sphere 0,0,0,3 --remove-floaters 3\n\n"
      "What is finished lies in REPORT.unfinished until the report is whole: after an\n"
      "interruption the same command goes on from there.");
  return {app, common,
          [common, options](Console& console) { return compare(*options, *common, console); }};
}

Command addSweepCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "sweep", "Move the quality knob of codecs and write their curves of quality against size");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<CompareOptions>();
  options->points = 5;
  options->shownViews = 1;
  app->add_option("--codecs", options->codecs,
                  "Codecs and the presets to start from, separated by commas (default: every "
                  "codec). Of those without a knob every preset is a point")
      ->type_name("id[:preset],...");
  app->add_option("--points", options->points, "Points on the curve of each codec (default 5)")
      ->type_name("N")
      ->check(CLI::Range(1, 32));
  addReportOptions(*app, *options);
  addCommonOptions(*app, *common);
  app->footer(
      fmt::format("Examples:\n"
                  "  volpress sweep scene.ply --codecs lightgaussian,spz -o curves\n"
                  "  volpress sweep scene.ply --points 9 --codecs lightgaussian:small -o curves\n"
                  "At most {} encodes in all, each a worker process of its own.",
                  engine::kMaxSweepEncodes));
  return {app, common,
          [common, options](Console& console) { return compare(*options, *common, console); }};
}

}  // namespace volpress::cli
