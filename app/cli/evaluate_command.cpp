// volpress evaluate
#include <chrono>

#include <CLI/CLI.hpp>

#include "app/cli/clip_commands.hpp"
#include "app/cli/command.hpp"
#include "app/cli/edit_options.hpp"
#include "app/cli/field_commands.hpp"
#include "app/cli/measured_json.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/cli/picture_commands.hpp"
#include "app/cli/voxel_commands.hpp"
#include "app/engine/clip_files.hpp"
#include "app/engine/evaluate.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/plugin.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/staged_progress.hpp"
#include "app/engine/train_scene.hpp"
#include "app/engine/view_sets.hpp"
#include "app/engine/voxel_files.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::cli {
namespace {

struct EvaluateOptions {
  std::string reference;
  std::string test;
  std::string images;
  ViewSetOptions views;
  engine::PhotoOptions photos;
  engine::SceneState state;  ///< of the reference
  bool baked = false;
};

}  // namespace

Result<void> writePictures(const std::filesystem::path& folder, const std::string& view,
                           const engine::ViewPictures& pictures) {
  std::string stem = fmt::format("{:03}-{}", pictures.index, view);
  for (char& character : stem) {
    character = character == '/' || character == '\0' ? '_' : character;
  }
  VOLPRESS_CHECK(engine::writePng(folder / (stem + ".original.png"), pictures.reference));
  VOLPRESS_CHECK(engine::writePng(folder / (stem + ".result.png"), pictures.result));
  return engine::writePng(folder / (stem + ".flip.png"), metrics::colorizeError(pictures.error));
}

namespace {

std::string resultText(const EvaluateOptions& options, const std::string& origin,
                       const std::string& varies, const engine::Evaluation& evaluation) {
  std::string text = fmt::format("{} against {}, {} views of {}\n", options.test, options.reference,
                                 evaluation.views.size(), origin);
  text += fmt::format("  size    {}, {:.2f}x under float PLY of the reference\n",
                      describeBytes(evaluation.fileBytes), evaluation.ratio());
  text += fmt::format("  splats  {} of {}\n\n", describeCount(evaluation.splatsOut),
                      describeCount(evaluation.splatsIn));
  if (evaluation.isNative()) {
    text += fmt::format("  {}: {} of each splat follow the view in this file\n\n",
                        describeNative(evaluation), varies);
  }
  std::vector<std::vector<std::string>> rows{{"view", "PSNR", "SSIM", "MS-SSIM", "FLIP"}};
  for (const engine::ViewQuality& view : evaluation.views) {
    rows.push_back({view.view + (view.heldOut ? " (held out)" : ""), describePsnr(view.psnr),
                    fmt::format("{:.4f}", view.ssim), fmt::format("{:.4f}", view.msSsim),
                    fmt::format("{:.4f}", view.flip)});
  }
  rows.push_back({"mean", describePsnr(evaluation.meanPsnr()),
                  fmt::format("{:.4f}", evaluation.meanSsim()),
                  fmt::format("{:.4f}", evaluation.meanMsSsim()),
                  fmt::format("{:.4f}", evaluation.meanFlip())});
  rows.push_back({"worst", describePsnr(evaluation.worstPsnr())});
  for (const bool heldOut : {false, true}) {
    const engine::MeanQuality mean = engine::meanQuality(evaluation.views, heldOut);
    if (mean.views != 0 && mean.views != evaluation.views.size()) {
      rows.push_back({fmt::format("mean of {} {}", mean.views, heldOut ? "held out" : "others"),
                      describePsnr(mean.psnr), fmt::format("{:.4f}", mean.ssim)});
    }
  }
  return text + textTable(rows);
}

class Evaluator {
public:
  Evaluator(const EvaluateOptions& options, const CommonOptions& common, Console& console)
      : m_options(options),
        m_console(console),
        m_runner(makeThreadRunner(common.threads)),
        m_rasterizer(renderer::makeSoftwareRasterizer(*m_runner)) {}

  Result<engine::Evaluation> run() {
    m_progress.setStages({{"reading the reference", 1},
                          {"reading the test", 1},
                          {"choosing views", 2},
                          {"measuring", 20}});
    const ProgressLine line(m_console, [this] { return m_progress.snapshot(); });
    VOLPRESS_TRY(const engine::LoadedScene reference,
                 load(m_options.reference, m_options.state, 0));
    const auto start = std::chrono::steady_clock::now();
    VOLPRESS_TRY(const engine::LoadedScene test, load(m_options.test, {}, 1));
    engine::Evaluation evaluation;
    evaluation.decodeSeconds = secondsSince(start);
    evaluation.fileBytes = test.fileBytes;
    evaluation.referenceBytes = floatPlyBytes(reference.cloud->count, reference.cloud->shDegree);
    evaluation.splatsIn = reference.cloud->count;
    evaluation.splatsOut = test.cloud->count;
    VOLPRESS_TRY(evaluation.breakdown, engine::fileBreakdown(m_options.test));
    engine::DrawnScene shown{test.cloud};
    if (!m_options.baked) {
      VOLPRESS_TRY(shown.native,
                   engine::openNative(m_options.test, *m_runner, m_console.stopToken()));
    }
    m_varies = shown.native == nullptr ? std::string() : shown.native->varies();
    VOLPRESS_CHECK(m_options.photos.dataset.empty() ? measureAgainst(reference, shown, evaluation)
                                                    : measureAgainstPhotos(shown, evaluation));
    evaluation.peakMemoryBytes = engine::peakMemoryBytes();
    m_progress.finish();
    return evaluation;
  }

  [[nodiscard]] const std::string& origin() const { return m_origin; }
  /// What depends on the view in the test; empty where nothing does.
  [[nodiscard]] const std::string& varies() const { return m_varies; }

private:
  Result<void> measureAgainst(const engine::LoadedScene& reference, const engine::DrawnScene& test,
                              engine::Evaluation& evaluation) {
    m_progress.enter(2);
    engine::ViewOptions options;
    VOLPRESS_TRY(options.placement, edit::placementOf(m_options.state.edits));
    VOLPRESS_TRY(ViewSet views, engine::makeViewSet(m_options.views.views, *reference.cloud,
                                                    m_options.reference, *m_rasterizer, options));
    m_origin = views.origin;
    VOLPRESS_TRY(engine::ReferencePictures pictures,
                 engine::ReferencePictures::make(*m_rasterizer, reference.cloud, std::move(views)));
    if (m_options.images.empty()) {
      return measure(pictures, test, {}, evaluation);
    }
    return writeFolderAtomically(m_options.images, [&](const std::filesystem::path& folder) {
      return measure(pictures, test, folder, evaluation);
    });
  }

  Result<void> measureAgainstPhotos(const engine::DrawnScene& test,
                                    engine::Evaluation& evaluation) {
    VOLPRESS_TRY(const engine::PhotoSet photos,
                 engine::loadPhotos(m_options.photos, *m_runner, m_progress.enter(2),
                                    m_console.stopToken()));
    for (const std::string& warning : photos.warnings) {
      m_console.note("note: " + warning);
    }
    m_origin = "photographs of " + photos.origin;
    const auto against = [&](const engine::DrawnScene& scene) {
      return engine::measureAgainstPhotos(scene, photos, *m_rasterizer, *m_runner,
                                          m_progress.enter(3), m_console.stopToken());
    };
    VOLPRESS_TRY(evaluation.views, against(test));
    if (test.native != nullptr) {
      VOLPRESS_TRY(evaluation.bakedViews, against(test.baked()));
    }
    return {};
  }

  Result<engine::LoadedScene> load(const std::string& path, const engine::SceneState& state,
                                   std::size_t stage) {
    VOLPRESS_TRY(
        engine::LoadedScene scene,
        engine::loadScene(path, state, *m_runner, m_progress.enter(stage), m_console.stopToken()));
    for (const auto* lines : {&scene.warnings, &scene.edited}) {
      for (const std::string& line : *lines) {
        m_console.note(fmt::format("note: {}: {}", path, line));
      }
    }
    return scene;
  }

  Result<void> measure(engine::ReferencePictures& reference, const engine::DrawnScene& test,
                       const std::filesystem::path& folder, engine::Evaluation& evaluation) {
    engine::MeasureContext context{*m_runner, m_progress.enter(3), m_console.stopToken()};
    engine::ViewVisitor visitor;
    if (!folder.empty()) {
      visitor = [&](const engine::ViewPictures& pictures) {
        return writePictures(folder, reference.views().views[pictures.index].name, pictures);
      };
    }
    return engine::measureEvaluation(reference, test, context, visitor, evaluation);
  }

  const EvaluateOptions& m_options;
  Console& m_console;
  std::unique_ptr<TaskRunner> m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  engine::StagedProgress m_progress;
  std::string m_origin, m_varies;
};

Result<void> evaluate(const EvaluateOptions& options, const CommonOptions& common,
                      Console& console) {
  VOLPRESS_CHECK(engine::checkPluginOf(options.test));
  if (engine::isVoxelScene(options.test)) {
    return voxelEvaluate(options.reference, options.test, options.views.views, common, console);
  }
  if (engine::isClipFile(options.test)) {
    return evaluateClipCommand(options.reference, options.test, options.views.views, common,
                               console);
  }
  if (engine::isFieldFile(options.reference)) {
    if (!options.images.empty() || !options.photos.dataset.empty() ||
        !options.state.edits.empty()) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: is a radiance field; --images, --photos and edits are for splats",
                  options.reference);
    }
    return fieldEvaluate(options.reference, options.test, options.views.views, common, console);
  }
  if (engine::isMeshFile(options.reference)) {
    const bool splats = !engine::isMeshFile(options.test);
    if ((!options.images.empty() && !splats) || !options.photos.dataset.empty() ||
        !options.state.edits.empty()) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: is a mesh; --images, --photos and edits are for splats", options.reference);
    }
    if (splats) {
      return meshEvaluateSplats(options.reference, options.test, options.views.views,
                                options.images, common, console);
    }
    return meshEvaluate(options.reference, options.test, options.views.views, common, console);
  }
  if (engine::isPictureFile(options.reference)) {
    if (!options.images.empty() || !options.photos.dataset.empty() ||
        !options.state.edits.empty()) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: is a picture; --images, --photos and edits are for splats",
                  options.reference);
    }
    return pictureEvaluate(options.reference, options.test, common, console);
  }
  if (!options.images.empty()) {
    VOLPRESS_CHECK(engine::checkOutputFolder(options.images, {}));
  }
  Evaluator evaluator(options, common, console);
  VOLPRESS_TRY(const engine::Evaluation evaluation, evaluator.run());
  console.print(resultText(options, evaluator.origin(), evaluator.varies(), evaluation));
  return printEvaluation(console, options.reference, options.test, evaluator.origin(), evaluation);
}

}  // namespace

Command addEvaluateCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand(
      "evaluate", "Measure how close one scene looks to another, over a set of views");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<EvaluateOptions>();
  app->add_option("REFERENCE", options->reference, "The original: any scene file")->required();
  app->add_option("TEST", options->test, "What to measure: any scene file or .vpc")->required();
  app->add_option("--images", options->images,
                  "Write original, result and error map of every view into this new folder")
      ->type_name("FOLDER");
  app->add_flag("--baked", options->baked,
                "Measure what other programs will show of a TEST whose splats depend on the view: "
                "baked to spherical harmonics, instead of both that and its own answer to each "
                "view");
  addEditOptions(*app, options->state.edits);
  addLevelOption(*app, options->state.level);
  addViewsOption(*app, options->views);
  app->add_option("--photos", options->photos.dataset,
                  "Measure TEST against the photographs of this data set (a COLMAP model or a "
                  "transforms.json) instead of pictures of REFERENCE")
      ->type_name("DATASET");
  addPhotoOptions(*app, options->photos);
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress evaluate scene.ply scene.vpc\n"
      "  volpress evaluate scene.ply scene.spz --views orbit:12 --images pictures\n"
      "  volpress evaluate scene.ply scene.vpc --photos capture --downscale 4\n"
      "  volpress evaluate scan.ply crop.vpc --crop-sphere 0,0,0,3\n"
      "  volpress evaluate photo.png photo.vpc\n"
      "  volpress evaluate frames clip.dgsv\n"
      "  volpress evaluate chair.glb chair-splats.ply --images pictures\n"
      "Edits and the level are of REFERENCE: what TEST was made from.");
  return {app, common,
          [common, options](Console& console) { return evaluate(*options, *common, console); }};
}

}  // namespace volpress::cli
