// volpress attribute
#include <CLI/CLI.hpp>

#include "app/cli/command.hpp"
#include "app/cli/edit_options.hpp"
#include "app/engine/attribution.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/staged_progress.hpp"
#include "app/engine/view_sets.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"

namespace volpress::cli {
namespace {

struct AttributeOptions {
  std::string original;
  std::string result;
  ViewSetOptions views;
  engine::SceneState state;  ///< of the original
};

std::string shareText(double share, double total) {
  return total > 0 ? fmt::format("{:.1f} %", 100 * share / total) : std::string("-");
}

std::string attributionText(const AttributeOptions& options,
                            const engine::Attribution& attribution) {
  const double psnr = metrics::psnrFromError(attribution.total);
  std::string text = fmt::format("{} against {}, {} views of {}\n", options.result,
                                 options.original, attribution.viewCount, attribution.origin);
  text += fmt::format("  splats  {} of {}, {} matched{}\n", describeCount(attribution.splatsOut),
                      describeCount(attribution.splatsIn), describeCount(attribution.matched),
                      attribution.sameOrder ? " (same order)" : "");
  text +=
      fmt::format("  PSNR    {} of the mean squared error over all views\n\n", describePsnr(psnr));
  std::vector<std::vector<std::string>> rows{{"attribute", "share", "alone", "given back"}};
  for (const engine::AttributeError& error : attribution.errors) {
    const double gain = metrics::psnrFromError(error.without) - psnr;
    rows.push_back({engine::splatAttributeName(error.attribute),
                    shareText(error.share, attribution.total),
                    describePsnr(metrics::psnrFromError(error.alone)),
                    error.without > 0 ? fmt::format("{:+.2f} dB", gain) : "identical"});
  }
  text += textTable(rows);
  text += fmt::format(
      "\nThe shares add up to the whole error within {:.2f} dB, the errors alone within {:.2f} "
      "dB.\n"
      "alone: the original with this attribute of the result; given back: what PSNR the result "
      "gains\nwith this attribute of the original.\n",
      std::abs(attribution.explainedDecibels()), std::abs(attribution.aloneDecibels()));
  return text;
}

engine::Json attributionJson(const AttributeOptions& options,
                             const engine::Attribution& attribution) {
  engine::Json attributes = engine::Json::array();
  for (const engine::AttributeError& error : attribution.errors) {
    attributes.push_back({{"attribute", engine::splatAttributeId(error.attribute)},
                          {"shareOfError", engine::numberToJson(error.share)},
                          {"errorAlone", engine::numberToJson(error.alone)},
                          {"errorWithout", engine::numberToJson(error.without)}});
  }
  return {{"original", options.original},
          {"result", options.result},
          {"views", attribution.origin},
          {"viewCount", attribution.viewCount},
          {"splatsIn", attribution.splatsIn},
          {"splatsOut", attribution.splatsOut},
          {"matched", attribution.matched},
          {"sameOrder", attribution.sameOrder},
          {"meanSquaredError", engine::numberToJson(attribution.total)},
          {"attributes", std::move(attributes)},
          {"sharesAgainstTotalDb", engine::numberToJson(attribution.explainedDecibels())},
          {"aloneAgainstTotalDb", engine::numberToJson(attribution.aloneDecibels())}};
}

Result<void> attribute(const AttributeOptions& options, const CommonOptions& common,
                       Console& console) {
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(common.threads);
  const auto rasterizer = renderer::makeSoftwareRasterizer(*runner);
  engine::StagedProgress progress;
  progress.setStages({{"reading the original", 1},
                      {"reading the result", 1},
                      {"choosing views", 2},
                      {"swapping attributes", 40}});
  const ProgressLine line(console, [&progress] { return progress.snapshot(); });
  const auto load = [&](const std::string& path, const engine::SceneState& state,
                        std::size_t stage) {
    return engine::loadScene(path, state, *runner, progress.enter(stage), console.stopToken());
  };
  VOLPRESS_TRY(const engine::LoadedScene original, load(options.original, options.state, 0));
  VOLPRESS_TRY(const engine::LoadedScene result, load(options.result, {}, 1));
  for (const auto* scene : {&original, &result}) {
    for (const auto* lines : {&scene->warnings, &scene->edited}) {
      for (const std::string& words : *lines) {
        console.note("note: " + (scene == &original ? options.original : options.result) + ": " +
                     words);
      }
    }
  }
  progress.enter(2);
  engine::ViewOptions viewing;
  VOLPRESS_TRY(viewing.placement, edit::placementOf(options.state.edits));
  VOLPRESS_TRY(ViewSet views, engine::makeViewSet(options.views.views, *original.cloud,
                                                  options.original, *rasterizer, viewing));
  VOLPRESS_TRY(engine::ReferencePictures pictures,
               engine::ReferencePictures::make(*rasterizer, original.cloud, std::move(views)));
  engine::MeasureContext context{*runner, progress.enter(3), console.stopToken()};
  VOLPRESS_TRY(const engine::Attribution attribution,
               engine::attributeError(pictures, original.cloud, result.cloud, context));
  progress.finish();
  console.print(attributionText(options, attribution));
  if (console.json()) {
    console.printJson(engine::dumpJson(attributionJson(options, attribution), 2));
  }
  return {};
}

}  // namespace

Command addAttributeCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "attribute", "Say which attribute of a compressed scene causes how much of its error");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<AttributeOptions>();
  app->add_option("ORIGINAL", options->original, "The original: any scene file")->required();
  app->add_option("RESULT", options->result, "Made from it: any scene file or .vpc")->required();
  addEditOptions(*app, options->state.edits);
  addLevelOption(*app, options->state.level);
  addViewsOption(*app, options->views);
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress attribute scene.ply scene.vpc\n"
      "  volpress attribute scene.ply scene.spz --views orbit:12 --json\n"
      "Edits and the level are of ORIGINAL: what RESULT was made from.");
  return {app, common,
          [common, options](Console& console) { return attribute(*options, *common, console); }};
}

}  // namespace volpress::cli
