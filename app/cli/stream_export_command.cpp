// volpress stream export: a clip as a folder for any web server.
#include "app/cli/stream_export_command.hpp"

#include <utility>

#include <CLI/CLI.hpp>

#include "app/cli/clip_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/stream_export.hpp"
#include "scene/base/files.hpp"

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
  if (report->soundBytes > 0) {
    text += fmt::format("  {:.1f} s of sound, {}\n", report->soundSeconds,
                        describeBytes(report->soundBytes));
    if (report->soundSeconds < report->seconds - 0.5) {
      console.note(fmt::format("note: the sound ends {:.1f} s before the clip",
                               report->seconds - report->soundSeconds));
    }
  }
  if (report->ladder.steps.empty()) {
    for (std::size_t layer = 0; layer < report->layerMegabits.size(); ++layer) {
      text += fmt::format("  {:6.1f} Mbit/s  with {} of {} layers\n", report->layerMegabits[layer],
                          layer + 1, report->layerMegabits.size());
    }
  }
  engine::Json steps = engine::Json::array();
  for (const engine::LadderStep& step : report->ladder.steps) {
    const engine::Rendition& rendition = report->ladder.renditions[step.rendition];
    text += fmt::format(
        "  {:6.1f} Mbit/s  {:5.2f} dB, {} splats: {}, {} layers\n", step.megabits, step.psnr,
        describeCount(step.splats),
        rendition.rung == 0 ? "the clip" : fmt::format("the rung of {:g}", rendition.rung),
        step.layers);
    steps.push_back({{"megabits", step.megabits},
                     {"psnr", step.psnr},
                     {"splats", step.splats},
                     {"rung", rendition.rung},
                     {"layers", step.layers}});
  }
  for (const std::string& note : report->ladder.notes) {
    console.note("note: " + note);
  }
  text += fmt::format("  \"volpress serve {}\" shows it in a browser\n", spec.folder.string());
  console.print(text);
  console.printJson(engine::dumpJson({{"output", spec.folder.string()},
                                      {"files", report->files},
                                      {"clipBytes", report->clipBytes},
                                      {"playerBytes", report->playerBytes},
                                      {"soundBytes", report->soundBytes},
                                      {"frontBytes", report->frontBytes},
                                      {"seconds", report->seconds},
                                      {"layerMegabits", report->layerMegabits},
                                      {"ladder", steps}},
                                     2));
  return {};
}

/// A count of the manifest, which anyone may have written.
std::string kilobits(const engine::Json& json) {
  const auto rate = engine::jsonNumber(json, "kbps");
  return rate ? fmt::format("{:6.1f} Mbit/s", *rate / 1e3) : "     ? Mbit/s";
}

/// What a manifest says.
Result<void> describeFolder(const std::filesystem::path& folder, Console& console) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(folder / "manifest.json"));
  VOLPRESS_TRY(const engine::Json manifest, engine::parseJson(viewText(file.bytes())));
  VOLPRESS_TRY(const double seconds, engine::jsonNumber(manifest, "duration"));
  VOLPRESS_TRY(const std::uint64_t frames, engine::jsonCount(manifest, "frames"));
  VOLPRESS_TRY(const std::string codec, engine::jsonText(manifest, "codec"));
  VOLPRESS_TRY(const engine::Json* layers, engine::jsonList(manifest, "layers"));
  std::string text = fmt::format("{}\n  {} frames, {:.2f} s, codec {}, {} form\n", folder.string(),
                                 describeCount(frames), seconds, codec,
                                 manifest.contains("files") ? "split" : "single");
  text += "  the clip\n";
  for (const engine::Json& layer : *layers) {
    const auto what = engine::jsonText(layer, "what");
    text += fmt::format("    {}  {}\n", kilobits(layer), what ? *what : "");
  }
  if (manifest.contains("ladder")) {
    VOLPRESS_TRY(const engine::Json* renditions, engine::jsonList(manifest, "renditions"));
    for (const engine::Json& rendition : *renditions) {
      VOLPRESS_TRY(const double rung, engine::jsonNumber(rendition, "rung"));
      VOLPRESS_TRY(const std::uint64_t bytes, engine::jsonCount(rendition, "bytes"));
      text += fmt::format("  the rung of {:g} Mbit/s: {}\n", rung, describeBytes(bytes));
    }
    VOLPRESS_TRY(const engine::Json* steps, engine::jsonList(manifest, "ladder"));
    text += "  what a player chooses from\n";
    for (const engine::Json& step : *steps) {
      VOLPRESS_TRY(const std::uint64_t rendition, engine::jsonCount(step, "rendition"));
      VOLPRESS_TRY(const std::uint64_t count, engine::jsonCount(step, "layers"));
      VOLPRESS_TRY(const double psnr, engine::jsonNumber(step, "psnr"));
      if (rendition > renditions->size()) {
        return fail(ErrorCode::CorruptData, "{}: the ladder names rendition {} of {}",
                    folder.string(), rendition, renditions->size() + 1);
      }
      text += fmt::format("    {}  {:5.2f} dB, {} layers of {}\n", kilobits(step), psnr, count,
                          rendition == 0 ? "the clip" : fmt::format("rung {}", rendition));
    }
  }
  console.print(text);
  console.printJson(engine::dumpJson(manifest, 2));
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
  auto ladder = std::make_shared<std::string>();
  app->add_option("--ladder", *ladder,
                  "Rates of slower lines in Mbit/s, such as 10,25,50,80: the clip is encoded again "
                  "for each that lies below its own")
      ->type_name("RATES");
  app->add_option("--frames", spec->ladder.frames,
                  "The frames that the clip was made of, for the ladder (default: the clip's own, "
                  "encoded again)")
      ->type_name("FOLDER");
  app->add_option("--poster", spec->posterFrame, "The frame that the poster shows (default: 0)")
      ->type_name("FRAME");
  app->add_option("--audio", spec->sound,
                  "A file with sound (WAV, FLAC, MP3, MP4, ...) that plays with the clip, as Opus; "
                  "what is longer than the clip is cut off")
      ->type_name("FILE");
  addCommonOptions(*app, *common);
  CLI::App* info = stream.add_subcommand("info", "Describe an exported folder, or a clip");
  auto folder = std::make_shared<std::string>();
  info->add_option("FOLDER", *folder, "What stream export wrote, or a clip")
      ->type_name("FOLDER|CLIP.dgsv")
      ->required();
  addCommonOptions(*info, *common);
  return [app, info, spec, ladder, folder,
          common = std::move(common)](Console& console) -> Result<void> {
    if (info->parsed()) {
      return engine::isClipFile(*folder) ? describeClipCommand(*folder, *common, console)
                                         : describeFolder(*folder, console);
    }
    VOLPRESS_TRY(spec->ladder.megabits, engine::parseLadder(*ladder));
    return app->parsed() ? exportClip(*spec, *common, console) : Result<void>{};
  };
}

}  // namespace volpress::cli
