// volpress sample
#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/sample_files.hpp"
#include "app/engine/scene_files.hpp"

namespace volpress::cli {
namespace {

struct SampleOptions {
  std::string output;
  std::string scene = "still-life";
  double scale = 1;
  ViewSetOptions views;
};

Result<void> writeSample(const SampleOptions& options, const CommonOptions& common,
                         Console& console) {
  VOLPRESS_CHECK(engine::checkOutputPlace(options.output));
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const engine::SampleKind kind =
      options.scene == "room" ? engine::SampleKind::Room : engine::SampleKind::StillLife;
  VOLPRESS_TRY(const engine::SampleFile file,
               engine::writeSampleFile(kind, options.output, options.views.seed, options.scale,
                                       *runner, progress, console.stopToken()));
  const GaussianCloud& cloud = *file.cloud;
  console.print(fmt::format("{}: {} splats, SH degree {}, {}\n", options.output,
                            describeCount(cloud.count), cloud.shDegree, describeBytes(file.bytes)));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"splats", cloud.count},
                                      {"shDegree", cloud.shDegree},
                                      {"bytes", file.bytes}},
                                     2));
  return {};
}

}  // namespace

Command addSampleCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("sample", "Make a sample scene to try things on");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<SampleOptions>();
  app->add_option("OUT", options->output, "The scene file to write")
      ->type_name("OUT.ply")
      ->required();
  app->add_option("--scene", options->scene,
                  "still-life (default), an object on a table; or room, seen from inside, with its "
                  "cameras beside it")
      ->type_name("NAME")
      ->check(CLI::IsMember({"still-life", "room"}));
  app->add_option("--scale", options->scale,
                  "Times the usual number of splats (150,000, the room 220,000)")
      ->type_name("X")
      ->check(CLI::Range(0.01, 100.0));
  addSeedOption(*app, options->views);
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n  volpress sample still-life.ply\n  volpress sample room.ply --scene room");
  return {app, common,
          [common, options](Console& console) { return writeSample(*options, *common, console); }};
}

}  // namespace volpress::cli
