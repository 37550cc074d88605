// volpress train
#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/cli/field_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/train_field.hpp"
#include "app/engine/train_scene.hpp"

namespace volpress::cli {
namespace {

struct TrainOptions {
  std::string kind = "splats";
  engine::PhotoOptions photos;
  std::string output;
  std::string checkpoint;
  double checkpointSeconds = 60;
  std::optional<unsigned> iterations;
  unsigned tableBits = 15;
  unsigned levels = 8;
  unsigned features = 4;
  unsigned aabbScale = 0;
  unsigned shDegree = 3;
  std::size_t maxSplats = training::TrainSettings{}.maxSplats;
  ViewSetOptions seed;
  std::string device = "software";
};

constexpr unsigned kSplatIterations = 7000;

std::string checkpointOf(const TrainOptions& options) {
  return options.checkpoint.empty() ? options.output + ".checkpoint" : options.checkpoint;
}

engine::TrainSpec specOf(const TrainOptions& options, const CommonOptions& common) {
  engine::TrainSpec spec;
  spec.photos = options.photos;
  spec.output = options.output;
  spec.settings = training::scheduledFor(options.iterations.value_or(kSplatIterations));
  spec.settings.shDegree = options.shDegree;
  spec.settings.maxSplats = options.maxSplats;
  spec.settings.seed = options.seed.seed;
  spec.checkpoint = checkpointOf(options);
  spec.checkpointSeconds = options.checkpointSeconds;
  spec.threads = common.threads;
  return spec;
}

using Views = std::vector<engine::ViewQuality>;

std::string qualityText(const Views& views, bool heldOut) {
  const engine::MeanQuality mean = engine::meanQuality(views, heldOut);
  return mean.views == 0 ? std::string()
                         : fmt::format("  {} photographs {}: PSNR {}, SSIM {:.4f}\n", mean.views,
                                       heldOut ? "held out" : "learnt from",
                                       describePsnr(mean.psnr), mean.ssim);
}

engine::Json qualityJson(const Views& views, bool heldOut) {
  const engine::MeanQuality mean = engine::meanQuality(views, heldOut);
  return {{"photographs", mean.views}, {"psnr", mean.psnr}, {"ssim", mean.ssim}};
}

/// Runs a training with a progress line and says where the checkpoint is when it was cancelled.
template <typename Train>
auto runTraining(const TrainOptions& options, Console& console, const Train& training) {
  engine::StagedProgress progress;
  engine::JobRun run{progress, console.stopToken(),
                     [&](const std::string& line) { console.note("note: " + line); }, true};
  auto report = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    return training(run);
  }();
  const std::string checkpoint = checkpointOf(options);
  std::error_code ignored;
  if (!report && report.error().code == ErrorCode::Cancelled &&
      std::filesystem::exists(checkpoint, ignored)) {
    console.note(fmt::format("note: what was learnt is in {}; the same command goes on from there",
                             checkpoint));
  }
  return report;
}

engine::TrainFieldSpec fieldSpecOf(const TrainOptions& options, const CommonOptions& common) {
  engine::TrainFieldSpec spec;
  spec.photos = options.photos;
  spec.output = options.output;
  spec.settings.iterations = options.iterations.value_or(spec.settings.iterations);
  spec.settings.grid.tableBits = options.tableBits;
  spec.settings.grid.levels = options.levels;
  spec.settings.grid.features = options.features;
  spec.settings.seed = options.seed.seed;
  spec.aabbScale = options.aabbScale;
  spec.checkpoint = checkpointOf(options);
  spec.checkpointSeconds = options.checkpointSeconds;
  spec.threads = common.threads;
  return spec;
}

Result<void> trainNerf(const TrainOptions& options, const CommonOptions& common, Console& console) {
  VOLPRESS_TRY(const auto device, makeFieldLearner(options.device, console));
  engine::TrainFieldSpec spec = fieldSpecOf(options, common);
  spec.settings.device = device.get();
  VOLPRESS_TRY(const engine::TrainFieldReport report,
               runTraining(options, console, [&](engine::JobRun& run) {
                 return engine::trainFieldScene(spec, run);
               }));
  console.print(fmt::format("{}: {} parameters, {}\n  {} steps in {:.1f} s, peak memory {}\n",
                            options.output, describeCount(report.parameters),
                            describeBytes(report.fileBytes), spec.settings.iterations,
                            report.seconds, describeBytes(report.peakMemoryBytes)) +
                qualityText(report.views, false) + qualityText(report.views, true));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"parameters", report.parameters},
                                      {"bytes", report.fileBytes},
                                      {"iterations", spec.settings.iterations},
                                      {"seconds", report.seconds},
                                      {"learnt", qualityJson(report.views, false)},
                                      {"heldOut", qualityJson(report.views, true)}},
                                     2));
  return {};
}

Result<void> train(const TrainOptions& options, const CommonOptions& common, Console& console) {
  if (options.kind == "nerf") {
    return trainNerf(options, common, console);
  }
  if (options.device != "software") {
    return fail(ErrorCode::InvalidParameter,
                "--device {} is for radiance fields (--kind nerf); splats are trained by software",
                options.device);
  }
  const engine::TrainSpec spec = specOf(options, common);
  VOLPRESS_TRY(const engine::TrainReport report,
               runTraining(options, console,
                           [&](engine::JobRun& run) { return engine::trainScene(spec, run); }));
  console.print(fmt::format("{}: {} splats, SH degree {}, {}\n  {} iterations in {:.1f} s, peak "
                            "memory {}\n",
                            options.output, describeCount(report.splats), report.shDegree,
                            describeBytes(report.fileBytes), spec.settings.iterations,
                            report.seconds, describeBytes(report.peakMemoryBytes)) +
                qualityText(report.views, false) + qualityText(report.views, true));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"splats", report.splats},
                                      {"shDegree", report.shDegree},
                                      {"bytes", report.fileBytes},
                                      {"iterations", spec.settings.iterations},
                                      {"seconds", report.seconds},
                                      {"learnt", qualityJson(report.views, false)},
                                      {"heldOut", qualityJson(report.views, true)}},
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
  CLI::App* app =
      root.add_subcommand("train", "Make a splat scene or a radiance field from photographs");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<TrainOptions>();
  app->add_option("DATASET", options->photos.dataset,
                  "A folder with a COLMAP model or a transforms.json, or that file")
      ->required();
  app->add_option("-o,--output", options->output, "The scene file to write")
      ->type_name("OUT")
      ->required();
  app->add_option("--kind", options->kind,
                  "splats (default), or nerf: a hash-grid radiance field, written as .ingp")
      ->type_name("KIND")
      ->check(CLI::IsMember({"splats", "nerf"}));
  app->add_option("--iterations", options->iterations,
                  "Steps to learn in (default 7000; of radiance fields 4000)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000));
  app->add_option("--sh-degree", options->shDegree, "Bands of view-dependent colour (default 3)")
      ->type_name("0..3")
      ->check(CLI::Range(0, 3));
  app->add_option("--max-splats", options->maxSplats, "No more splats than this (default 4000000)")
      ->type_name("N")
      ->check(CLI::Range(1000, 100000000));
  app->add_option("--table-bits", options->tableBits,
                  "Radiance fields: entries of a grid level are at most 2 to this (default 15)")
      ->type_name("N")
      ->check(CLI::Range(8, 22));
  app->add_option("--levels", options->levels, "Radiance fields: levels of the grid (default 8)")
      ->type_name("N")
      ->check(CLI::Range(1, 32));
  app->add_option("--features", options->features,
                  "Radiance fields: features of a level (default 4)")
      ->type_name("N")
      ->check(CLI::IsMember({1, 2, 4, 8}));
  app->add_option("--aabb-scale", options->aabbScale,
                  "Radiance fields: width of the box in cubes of the data set, a power of two "
                  "(default: what the data set says)")
      ->type_name("N")
      ->check(CLI::IsMember({1, 2, 4, 8, 16, 32, 64, 128}));
  app->add_option("--device", options->device,
                  "Radiance fields: what learns, software (default) or vulkan")
      ->type_name("DEVICE")
      ->check(CLI::IsMember({"software", "vulkan"}));
  app->add_option("--checkpoint", options->checkpoint,
                  "Where an interrupted training is kept (default: OUT.checkpoint)")
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
      "  volpress train fox/ --kind nerf -o fox.ingp --downscale 4\n"
      "Ctrl-C keeps what was learnt; the same command goes on from there.");
  return {app, common,
          [common, options](Console& console) { return train(*options, *common, console); }};
}

}  // namespace volpress::cli
