// volpress stream export: a clip as a folder for any web server.
#include "app/cli/stream_export_command.hpp"

#include <CLI/CLI.hpp>

#include "app/engine/json_text.hpp"
#include "app/engine/stream_export.hpp"

namespace volpress::cli {
namespace {

Result<void> exportClip(const engine::StreamExportSpec& spec, const CommonOptions& common,
                        Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  engine::StagedProgress progress;
  const auto report = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    return engine::exportStream(spec, *runner, progress, console.stopToken());
  }();
  if (!report) {
    return tl::unexpected<Error>(report.error());
  }
  std::string text =
      fmt::format("{}: {} files, the clip {}, the player {}\n", spec.folder.string(), report->files,
                  describeBytes(report->clipBytes), describeBytes(report->playerBytes));
  for (std::size_t layer = 0; layer < report->layerMegabits.size(); ++layer) {
    text += fmt::format("  {:6.1f} Mbit/s  {}\n", report->layerMegabits[layer],
                        layer == 0 ? "the scene with plain colours"
                                   : fmt::format("with colours of SH order 1 to {}", layer));
  }
  text += fmt::format("  \"volpress serve {}\" shows it in a browser\n", spec.folder.string());
  console.print(text);
  console.printJson(engine::dumpJson({{"output", spec.folder.string()},
                                      {"files", report->files},
                                      {"clipBytes", report->clipBytes},
                                      {"playerBytes", report->playerBytes},
                                      {"frontBytes", report->frontBytes},
                                      {"seconds", report->seconds},
                                      {"layerMegabits", report->layerMegabits}},
                                     2));
  return {};
}

}  // namespace

std::function<Result<void>(Console&)> addStreamExport(CLI::App& stream,
                                                      std::shared_ptr<CommonOptions> common) {
  CLI::App* app = stream.add_subcommand(
      "export", "Write a folder that plays the clip from any web server: page, player, poster");
  auto spec = std::make_shared<engine::StreamExportSpec>();
  app->add_option("CLIP", spec->clip, "The clip")->type_name("CLIP.dgsv")->required();
  app->add_option("-o,--output", spec->folder, "The folder to write")
      ->type_name("FOLDER")
      ->required();
  app->add_option("--title", spec->title, "Title of the page (default: the name of the clip)")
      ->type_name("TEXT");
  app->add_flag("--split", spec->split, "A file for each segment instead of one for the clip");
  addCommonOptions(*app, *common);
  return [app, spec, common](Console& console) -> Result<void> {
    return app->parsed() ? exportClip(*spec, *common, console) : Result<void>{};
  };
}

}  // namespace volpress::cli
