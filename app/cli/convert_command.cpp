// volpress convert, volpress decode
#include <chrono>

#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/staged_progress.hpp"

namespace volpress::cli {
namespace {

struct ConvertOptions {
  std::string input;
  std::string output;
  std::vector<std::string> settings;
  unsigned shDegree = kMaxShDegree;
  bool acceptsFront = false;
};

/// The format that the output's name asks for; the error lists the names that can be asked for.
Result<const formats::Format*> outputFormat(const std::string& output) {
  const std::filesystem::path path(output);
  if (path.extension() == ".vpc") {
    return fail(ErrorCode::InvalidParameter,
                "{}: a .vpc is written by \"volpress encode ... --codec ID\"; \"volpress codecs\" "
                "lists them",
                output);
  }
  if (path.filename() == "meta.json") {
    return formats::findFormat("sog");
  }
  const formats::Format* format = formats::formatForName(path.filename().string());
  if (format != nullptr && format->info().writes) {
    return format;
  }
  std::string known;
  for (const formats::Format* one : formats::allFormats()) {
    if (one->info().writes) {
      for (const std::string& extension : one->info().extensions) {
        known += (known.empty() ? "" : ", ") + extension;
      }
    }
  }
  return fail(ErrorCode::InvalidParameter,
              "{}: this name's extension is no format that can be written ({})", output, known);
}

Result<void> convert(const ConvertOptions& options, const CommonOptions& common, Console& console) {
  VOLPRESS_TRY(const formats::Format* format, outputFormat(options.output));
  if (format == nullptr) {
    return fail(ErrorCode::InvalidParameter, "{}: this format cannot be written", options.output);
  }
  VOLPRESS_TRY(const ParamSet params, parseSettings(format->info().writeParams, options.settings));
  VOLPRESS_CHECK(engine::checkOutputPlace(options.output));
  const auto start = std::chrono::steady_clock::now();
  const auto runner = makeThreadRunner(common.threads);
  engine::StagedProgress progress;
  progress.setStages({{"reading", 1}, {"writing", 2}});
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  VOLPRESS_TRY(engine::LoadedScene scene,
               engine::loadScene(options.input, *runner, progress.enter(0), console.stopToken(),
                                 options.acceptsFront));
  for (const std::string& warning : scene.warnings) {
    console.note("note: " + warning);
  }
  if (options.shDegree < scene.cloud->shDegree) {
    scene.cloud =
        std::make_shared<const GaussianCloud>(withShDegree(*scene.cloud, options.shDegree));
    scene.scene.reset();
  }
  formats::IoContext context{*runner, progress.enter(1), console.stopToken(), {}};
  VOLPRESS_TRY(const std::uint64_t bytes,
               formats::saveCloud(options.output, *scene.cloud, params, context));
  progress.finish();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  std::string text =
      fmt::format("{}: {} splats, SH degree {}, {} as {} (from {}), {:.2f} s\n", options.output,
                  describeCount(scene.cloud->count), scene.cloud->shDegree, describeBytes(bytes),
                  format->info().label, describeBytes(scene.fileBytes), seconds);
  for (const std::string& warning : context.warnings) {
    text += "note: " + warning + "\n";
  }
  console.print(text);
  console.printJson(engine::dumpJson({{"input", options.input},
                                      {"output", options.output},
                                      {"format", format->info().id},
                                      {"splats", scene.cloud->count},
                                      {"shDegree", scene.cloud->shDegree},
                                      {"inputBytes", scene.fileBytes},
                                      {"outputBytes", bytes},
                                      {"seconds", seconds},
                                      {"warnings", context.warnings}},
                                     2));
  return {};
}

Command makeCommand(CLI::App* app, std::shared_ptr<ConvertOptions> options) {
  auto common = std::make_shared<CommonOptions>();
  app->add_option("--set", options->settings, "A setting of the format written")
      ->type_name("KEY=VALUE")
      ->take_all();
  app->add_option("--sh", options->shDegree, "Keep SH up to this degree only")
      ->type_name("0-4")
      ->check(CLI::Range(0U, kMaxShDegree));
  addCommonOptions(*app, *common);
  return {app, common,
          [common, options](Console& console) { return convert(*options, *common, console); }};
}

}  // namespace

Command addConvertCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "convert", "Write a scene in another format, named by the extension of OUT");
  auto options = std::make_shared<ConvertOptions>();
  app->add_option("IN", options->input, "A scene file, a .vpc, or a folder with a loose SOG")
      ->required();
  app->add_option("OUT", options->output,
                  "The file to write: .ply, .compressed.ply, .splat, .spz, .sog, or a folder's "
                  "meta.json")
      ->required();
  app->footer(
      "Examples:\n"
      "  volpress convert scene.ply scene.spz\n"
      "  volpress convert scene.spz small.compressed.ply --sh 0");
  return makeCommand(app, options);
}

Command addDecodeCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("decode", "Turn a .vpc back into a scene file");
  auto options = std::make_shared<ConvertOptions>();
  app->add_option("IN", options->input, "The file to decode")->type_name("IN.vpc")->required();
  app->add_option("-o,--output", options->output, "The scene file to write")
      ->type_name("OUT.ply")
      ->required();
  app->add_flag("--front", options->acceptsFront,
                "Accept a file that ends early and has layers of detail: its front is a coarser "
                "scene");
  app->footer("Example:\n  volpress decode scene.vpc -o scene.ply");
  return makeCommand(app, options);
}

}  // namespace volpress::cli
