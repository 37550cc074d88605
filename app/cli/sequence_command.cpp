// volpress sequence info|convert|match|trim|transform
#include "app/cli/sequence_command.hpp"

#include <CLI/CLI.hpp>

#include "app/cli/clip_commands.hpp"
#include "app/cli/edit_options.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/sequence_files.hpp"
#include "scene/sequence/sequence_tracks.hpp"

namespace volpress::cli {
namespace {

struct SequenceOptionSet {
  std::string input;
  std::string output;
  std::string to = ".ply";
  std::size_t from = 0;
  long long last = -1;  ///< -1: the last frame
  std::size_t step = 1;
  std::vector<edit::EditOperation> edits;
};

std::string extensionOf(const std::string& text) { return text.front() == '.' ? text : "." + text; }

engine::Json stepToJson(const engine::CheckedStep& checked) {
  const FrameStep& step = checked.step;
  return {{"frame", checked.frame},
          {"splatsBefore", step.before},
          {"splatsAfter", step.after},
          {"moveInNeighbourDistances", step.move},
          {"opacityCorrelation", step.opacityCorrelation},
          {"colorCorrelation", step.colorCorrelation},
          {"ordered", step.ordered}};
}

std::string factsText(const std::string& folder, const engine::LoadedSequence& loaded,
                      const engine::SequenceFacts& facts) {
  const std::uint64_t ply = floatPlyBytes(facts.mostSplats, facts.shDegree);
  std::string text = fmt::format("{}\n", folder);
  text += fmt::format("  layout   {}, {} frames ({})", layoutWords(loaded.files.layout),
                      describeCount(facts.frames), loaded.files.formatId);
  text += loaded.files.numbers.empty()
              ? "\n"
              : fmt::format(", numbers {} to {}\n", loaded.files.numbers.front(),
                            loaded.files.numbers.back());
  text += facts.fewestSplats == facts.mostSplats
              ? fmt::format("  splats   {}", describeCount(facts.mostSplats))
              : fmt::format("  splats   {} to {}", describeCount(facts.fewestSplats),
                            describeCount(facts.mostSplats));
  text += fmt::format(", SH degree {}\n", facts.shDegree);
  text +=
      fmt::format("  size     {}, {} a frame (float PLY: {})\n", describeBytes(loaded.fileBytes),
                  describeBytes(loaded.fileBytes / facts.frames), describeBytes(ply));
  if (!loaded.files.joints.empty() || !loaded.files.jointMatrices.empty()) {
    text += fmt::format("  joints   {} frames of joint Gaussians, {} of joint matrices\n",
                        loaded.files.joints.size(), loaded.files.jointMatrices.size());
  }
  text += fmt::format("  varies   {}\n", partWords(facts.varying));
  double move = 0;
  for (const engine::CheckedStep& step : facts.steps) {
    move = std::max(move, step.step.move);
  }
  if (facts.ordered()) {
    text +=
        fmt::format("  motion   up to {:.2f} neighbour distances a frame (median splat)\n", move);
  }
  text +=
      facts.ordered()
          ? fmt::format("  order    the same in all of {} steps looked at\n", facts.steps.size())
          : "  order    NOT the same in every frame; \"volpress sequence match\" pairs them\n";
  for (const engine::CheckedStep& step : facts.steps) {
    if (!step.step.ordered) {
      text += fmt::format(
          "    frame {} to {}: {} and {} splats, correlation of opacity {:.2f}, of colour {:.2f}\n",
          step.frame, step.frame + 1, describeCount(step.step.before),
          describeCount(step.step.after), step.step.opacityCorrelation, step.step.colorCorrelation);
      break;
    }
  }
  for (const std::string& warning : loaded.files.warnings) {
    text += "  note: " + warning + "\n";
  }
  return text;
}

Result<void> match(const SequenceOptionSet& options, const CommonOptions& common,
                   Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedSequence loaded, engine::openSequence(options.input, 30));
  Progress progress;
  progress.setStages({{"matching frames", 3}, {"writing frames", 1}});
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  progress.enter(0);
  VOLPRESS_TRY(SequenceTracks tracks,
               trackSequence(*loaded.sequence, *runner, progress, console.stopToken()));
  const std::size_t births = tracks.births, deaths = tracks.deaths;
  const std::size_t segments = tracks.segments.size(), unmatched = tracks.unmatched;
  const double least = tracks.leastMatched;
  GaussianSequence matched(makeTrackedSource(loaded.sequence, std::move(tracks)));
  progress.enter(1);
  VOLPRESS_TRY(const engine::WrittenSequence written,
               engine::writeSequence(matched, options.output, ".ply", 0, matched.frameCount() - 1,
                                     1, *runner, progress, console.stopToken()));
  progress.finish();
  std::string text = fmt::format(
      "{}: {} frames, {}\n  {} births, {} deaths, {} runs of frames with the same splats\n"
      "  the worst step matched {:.1f} %\n",
      options.output, written.frames, describeBytes(written.bytes), describeCount(births),
      describeCount(deaths), segments, 100 * least);
  if (unmatched != 0) {
    text += fmt::format(
        "  note: {} steps matched less than 70 %; such clips compress to a tenth or so\n",
        unmatched);
  }
  console.print(text);
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"frames", written.frames},
                                      {"bytes", written.bytes},
                                      {"births", births},
                                      {"deaths", deaths},
                                      {"runs", segments},
                                      {"leastMatched", least},
                                      {"unmatchedSteps", unmatched}},
                                     2));
  return {};
}

Result<void> rewrite(const SequenceOptionSet& options, const CommonOptions& common,
                     Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(engine::LoadedSequence loaded, engine::openSequence(options.input, 30));
  if (!options.edits.empty()) {
    VOLPRESS_TRY(auto edited, engine::makeEditedSource(loaded.sequence, options.edits));
    SequenceOptions kept;
    kept.framesPerSecond = loaded.sequence->framesPerSecond();
    loaded.sequence = std::make_shared<GaussianSequence>(std::move(edited), kept);
  }
  const std::size_t frames = loaded.sequence->frameCount();
  const std::size_t last = options.last < 0 ? frames - 1 : static_cast<std::size_t>(options.last);
  Progress progress;
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  // A name such as clip.4dgs says what is wanted.
  const std::string own = std::filesystem::path(options.output).extension().string();
  const std::string to = own == ".4dgs" ? own : extensionOf(options.to);
  VOLPRESS_TRY(const engine::WrittenSequence written,
               engine::writeSequence(*loaded.sequence, options.output, to, options.from, last,
                                     options.step, *runner, progress, console.stopToken()));
  reportFrames(options.output, written.frames, written.bytes, console);
  return {};
}

void addInput(CLI::App& app, SequenceOptionSet& options) {
  app.add_option(
         "IN", options.input,
         "A folder of numbered frames, a DualGS run, a 4DGaussians export, a .4dgs or a .dgs "
         "file")
      ->required();
}

void addOutput(CLI::App& app, SequenceOptionSet& options) {
  app.add_option("-o,--output", options.output,
                 "The folder to write frame_00000, ... into, or a .4dgs file")
      ->type_name("OUT")
      ->required();
}

}  // namespace

Result<void> describeSequenceFolder(const std::string& folder, const CommonOptions& common,
                                    Console& console) {
  constexpr std::size_t kSteps = 12;
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedSequence loaded, engine::openSequence(folder, 30));
  Progress progress;
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  VOLPRESS_TRY(
      const engine::SequenceFacts facts,
      engine::describeSequence(*loaded.sequence, kSteps, *runner, progress, console.stopToken()));
  console.print(factsText(folder, loaded, facts));
  engine::Json json = {{"folder", folder},
                       {"layout", layoutWords(loaded.files.layout)},
                       {"format", loaded.files.formatId},
                       {"frames", facts.frames},
                       {"fileBytes", loaded.fileBytes},
                       {"fewestSplats", facts.fewestSplats},
                       {"mostSplats", facts.mostSplats},
                       {"shDegree", facts.shDegree},
                       {"varying", partWords(facts.varying)},
                       {"ordered", facts.ordered()},
                       {"jointFrames", loaded.files.joints.size()},
                       {"jointMatrices", loaded.files.jointMatrices.size()},
                       {"warnings", loaded.files.warnings}};
  json["steps"] = engine::Json::array();
  for (const engine::CheckedStep& step : facts.steps) {
    json["steps"].push_back(stepToJson(step));
  }
  console.printJson(engine::dumpJson(json, 2));
  return {};
}

Command addSequenceCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("sequence", "Work with moving scenes: folders of frames");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<SequenceOptionSet>();
  addCommonOptions(*app, *common);
  app->require_subcommand(1);
  app->footer(
      "Examples:\n"
      "  volpress sequence info clip\n"
      "  volpress sequence convert clip -o web --to spz\n"
      "  volpress sequence convert clip -o clip.4dgs\n"
      "  volpress sequence match shuffled -o ordered\n"
      "  volpress sequence trim clip -o part --from 10 --last 59\n"
      "  volpress sequence transform clip -o upright --rotate 180,0,0 --scale 0.5");
  CLI::App* info = app->add_subcommand("info",
                                       "Say what is in a sequence, and whether its splats "
                                       "keep their order");
  addInput(*info, *options);
  addCommonOptions(*info, *common);
  CLI::App* convert =
      app->add_subcommand("convert", "Write every frame in another format, or all in one file");
  addInput(*convert, *options);
  addOutput(*convert, *options);
  convert
      ->add_option(
          "--to", options->to,
          "Extension of the frames: .ply, .spz, .sog, .splat, ...; .4dgs makes one file of "
          "all, .dgs one with a folder of data")
      ->type_name("EXTENSION");
  addCommonOptions(*convert, *common);
  CLI::App* matching = app->add_subcommand(
      "match", "Pair the splats of frames whose order differs, and write frames that agree");
  addInput(*matching, *options);
  addOutput(*matching, *options);
  addCommonOptions(*matching, *common);
  CLI::App* trim = app->add_subcommand("trim", "Write a part of a sequence");
  addInput(*trim, *options);
  addOutput(*trim, *options);
  trim->add_option("--from", options->from, "First frame, from 0")->type_name("N");
  trim->add_option("--last", options->last, "Last frame (default: the end)")->type_name("N");
  trim->add_option("--step", options->step, "Every N-th frame")
      ->type_name("N")
      ->check(CLI::Range(1, 1000000));
  trim->add_option("--to", options->to, "Extension of the frames (default .ply)")
      ->type_name("EXTENSION");
  addCommonOptions(*trim, *common);
  CLI::App* transform =
      app->add_subcommand("transform", "Move, turn, resize or simplify every frame alike");
  addInput(*transform, *options);
  addOutput(*transform, *options);
  transform->add_option("--to", options->to, "Extension of the frames (default .ply)")
      ->type_name("EXTENSION");
  addFrameEditOptions(*transform, options->edits);
  addCommonOptions(*transform, *common);
  return {app, common,
          [common, options, info, matching, transform](Console& console) -> Result<void> {
            if (info->parsed()) {
              return describeSequenceFolder(options->input, *common, console);
            }
            if (transform->parsed() && options->edits.empty()) {
              return fail(ErrorCode::InvalidParameter,
                          "sequence transform: nothing to do; try \"volpress sequence transform "
                          "--help\"");
            }
            return matching->parsed() ? match(*options, *common, console)
                                      : rewrite(*options, *common, console);
          }};
}

}  // namespace volpress::cli
