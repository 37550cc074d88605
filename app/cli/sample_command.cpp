// volpress sample
#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/scene_files.hpp"
#include "scene/types/sample_scene.hpp"

namespace volpress::cli {
namespace {

struct SampleOptions {
  std::string output;
  double scale = 1;
  ViewSetOptions views;
};

Result<void> writeSample(const SampleOptions& options, const CommonOptions& common,
                         Console& console) {
  VOLPRESS_CHECK(engine::checkOutputPlace(options.output));
  const auto runner = makeThreadRunner(common.threads);
  const GaussianCloud cloud = makeSampleScene(options.views.seed, options.scale, *runner);
  Progress progress;
  formats::IoContext context{*runner, progress, console.stopToken(), {}};
  VOLPRESS_TRY(const std::uint64_t bytes, formats::saveCloud(options.output, cloud, {}, context));
  console.print(fmt::format("{}: {} splats, SH degree {}, {}\n", options.output,
                            describeCount(cloud.count), cloud.shDegree, describeBytes(bytes)));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"splats", cloud.count},
                                      {"shDegree", cloud.shDegree},
                                      {"bytes", bytes}},
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
  app->add_option("--scale", options->scale, "Times the usual number of splats (about 150,000)")
      ->type_name("X")
      ->check(CLI::Range(0.01, 100.0));
  addSeedOption(*app, options->views);
  addCommonOptions(*app, *common);
  app->footer("Example:\n  volpress sample still-life.ply");
  return {app, common,
          [common, options](Console& console) { return writeSample(*options, *common, console); }};
}

}  // namespace volpress::cli
