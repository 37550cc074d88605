// volpress train
#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/train_scene.hpp"

namespace volpress::cli {
namespace {

struct TrainOptions {
  engine::PhotoOptions photos;
  std::string output;
  std::string checkpoint;
  double checkpointSeconds = 60;
  unsigned iterations = 7000;
  unsigned shDegree = 3;
  std::size_t maxSplats = training::TrainSettings{}.maxSplats;
  ViewSetOptions seed;
};

engine::TrainSpec specOf(const TrainOptions& options, const CommonOptions& common) {
  engine::TrainSpec spec;
  spec.photos = options.photos;
  spec.output = options.output;
  spec.settings = training::scheduledFor(options.iterations);
  spec.settings.shDegree = options.shDegree;
  spec.settings.maxSplats = options.maxSplats;
  spec.settings.seed = options.seed.seed;
  spec.checkpoint =
      options.checkpoint.empty() ? options.output + ".checkpoint" : options.checkpoint;
  spec.checkpointSeconds = options.checkpointSeconds;
  spec.threads = common.threads;
  return spec;
}

std::string qualityText(const engine::TrainReport& report, bool heldOut) {
  const engine::MeanQuality mean = engine::meanQuality(report.views, heldOut);
  return mean.views == 0 ? std::string()
                         : fmt::format("  {} photographs {}: PSNR {}, SSIM {:.4f}\n", mean.views,
                                       heldOut ? "held out" : "learnt from",
                                       describePsnr(mean.psnr), mean.ssim);
}

engine::Json qualityJson(const engine::TrainReport& report, bool heldOut) {
  const engine::MeanQuality mean = engine::meanQuality(report.views, heldOut);
  return {{"photographs", mean.views}, {"psnr", mean.psnr}, {"ssim", mean.ssim}};
}

Result<void> train(const TrainOptions& options, const CommonOptions& common, Console& console) {
  const engine::TrainSpec spec = specOf(options, common);
  engine::StagedProgress progress;
  engine::JobRun run{progress, console.stopToken(),
                     [&](const std::string& line) { console.note("note: " + line); }, true};
  const auto report = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    return engine::trainScene(spec, run);
  }();
  if (!report) {
    std::error_code ignored;
    if (report.error().code == ErrorCode::Cancelled &&
        std::filesystem::exists(spec.checkpoint, ignored)) {
      console.note(
          fmt::format("note: what was learnt is in {}; the same command goes on from there",
                      spec.checkpoint.string()));
    }
    return tl::unexpected<Error>(report.error());
  }
  console.print(fmt::format("{}: {} splats, SH degree {}, {}\n  {} iterations in {:.1f} s, peak "
                            "memory {}\n",
                            options.output, describeCount(report->splats), report->shDegree,
                            describeBytes(report->fileBytes), options.iterations, report->seconds,
                            describeBytes(report->peakMemoryBytes)) +
                qualityText(*report, false) + qualityText(*report, true));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"splats", report->splats},
                                      {"shDegree", report->shDegree},
                                      {"bytes", report->fileBytes},
                                      {"iterations", options.iterations},
                                      {"seconds", report->seconds},
                                      {"learnt", qualityJson(*report, false)},
                                      {"heldOut", qualityJson(*report, true)}},
                                     2));
  return {};
}

}  // namespace

void addPhotoOptions(CLI::App& app, engine::PhotoOptions& options) {
  app.add_option("--photo-folder", options.images,
                 "Where the photographs are, if not where the data set says")
      ->type_name("FOLDER");
  app.add_option("--downscale", options.downscale, "Make the pictures so many times smaller")
      ->type_name("X")
      ->check(CLI::Range(1.0, 64.0));
  app.add_option("--resolution", options.longestSide,
                 "Make pictures smaller whose longest side has more pixels than this")
      ->type_name("N")
      ->check(CLI::Range(16, 65536));
  app.add_option("--holdout", options.holdout,
                 "Of every N photographs one is not learnt from but reported on (default 8; 0: "
                 "none); a data set that names its test photographs decides itself")
      ->type_name("N")
      ->check(CLI::Range(0, 100000));
}

Command addTrainCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("train", "Make a splat scene from photographs");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<TrainOptions>();
  app->add_option("DATASET", options->photos.dataset,
                  "A folder with a COLMAP model or a transforms.json, or that file")
      ->required();
  app->add_option("-o,--output", options->output, "The scene file to write")
      ->type_name("OUT.ply")
      ->required();
  app->add_option("--iterations", options->iterations, "Pictures to learn from (default 7000)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000));
  app->add_option("--sh-degree", options->shDegree, "Bands of view-dependent colour (default 3)")
      ->type_name("0..3")
      ->check(CLI::Range(0, 3));
  app->add_option("--max-splats", options->maxSplats, "No more splats than this (default 4000000)")
      ->type_name("N")
      ->check(CLI::Range(1000, 100000000));
  app->add_option("--checkpoint", options->checkpoint,
                  "Where an interrupted training is kept (default: OUT.ply.checkpoint)")
      ->type_name("FILE");
  app->add_option("--checkpoint-seconds", options->checkpointSeconds,
                  "How often the checkpoint is written (default 60)")
      ->type_name("S")
      ->check(CLI::Range(0.0, 86400.0));
  addPhotoOptions(*app, options->photos);
  addSeedOption(*app, options->seed);
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress train capture/ -o scene.ply\n"
      "  volpress train capture/ -o scene.ply --downscale 4 --iterations 2000\n"
      "Ctrl-C keeps what was learnt; the same command goes on from there.");
  return {app, common,
          [common, options](Console& console) { return train(*options, *common, console); }};
}

}  // namespace volpress::cli
