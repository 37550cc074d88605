#include <chrono>

#include "app/cli/field_commands.hpp"
#include "app/cli/measured_json.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/field_measure.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/png_image.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::cli {
namespace {

using Clock = std::chrono::steady_clock;

Result<engine::LoadedFieldScene> loadField(const std::string& path, TaskRunner& runner,
                                           Console& console) {
  Progress progress;
  return noting(path, engine::loadFieldScene(path, runner, progress, console.stopToken()), console);
}

}  // namespace

Result<void> fieldRender(const FieldPicture& picture, const CommonOptions& common,
                         Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedFieldScene scene, loadField(picture.input, *runner, console));
  const renderer::FieldRenderer renderer(*runner);
  VOLPRESS_TRY(const std::unique_ptr<renderer::PreparedField> prepared,
               renderer.prepare(scene.field, console.stopToken()));
  VOLPRESS_TRY(
      const Camera camera,
      chooseCamera(
          picture.from, {},
          [&](PictureSize size) {
            return engine::fieldHomeCamera(*scene.field, size.width, size.height);
          },
          [&](const std::string& spec) { return engine::makeFieldViews(spec, *scene.field, 0); }));
  renderer::FieldRenderOptions options;
  options.stop = console.stopToken();
  options.blending = picture.blending == "original" ? renderer::FieldBlending::Original
                                                    : renderer::FieldBlending::Trained;
  if (picture.background) {
    const std::array<float, 3>& rgb = *picture.background;
    options.background = {rgb[0], rgb[1], rgb[2], 1};
  }
  const auto start = Clock::now();
  VOLPRESS_TRY(const renderer::FieldRenderResult drawn,
               renderer.render(*prepared, camera, options));
  const double seconds = secondsSince(start);
  VOLPRESS_CHECK(engine::writePng(picture.output, drawn.picture.color));
  reportDrawn({picture.output, camera, describeCount(drawn.samples) + " samples",
               std::string(renderer.name()), seconds},
              {{"samples", drawn.samples}, {"device", renderer.name()}}, console);
  return {};
}

Result<void> fieldConvert(const std::string& input, const std::string& output,
                          const CommonOptions& common, Console& console) {
  const auto start = Clock::now();
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedFieldScene scene, loadField(input, *runner, console));
  VOLPRESS_TRY(const std::uint64_t bytes, engine::saveFieldScene(output, *scene.field));
  const double seconds = secondsSince(start);
  console.print(fmt::format("{}: {} parameters, {} as a snapshot (from {}), {:.2f} s\n", output,
                            describeCount(scene.field->parameters.size()), describeBytes(bytes),
                            describeBytes(scene.fileBytes), seconds));
  console.printJson(engine::dumpJson({{"input", input},
                                      {"output", output},
                                      {"format", "ingp"},
                                      {"parameters", scene.field->parameters.size()},
                                      {"inputBytes", scene.fileBytes},
                                      {"outputBytes", bytes},
                                      {"seconds", seconds},
                                      {"warnings", scene.warnings}},
                                     2));
  return {};
}

std::string describeFieldQuality(const engine::Evaluation& evaluation) {
  if (evaluation.views.empty()) {
    return {};
  }
  return fmt::format("  pictures  {} views: {} mean ({} worst), SSIM {:.4f}, FLIP {:.4f}\n",
                     evaluation.views.size(), describePsnr(evaluation.meanPsnr()),
                     describePsnr(evaluation.worstPsnr()), evaluation.meanSsim(),
                     evaluation.meanFlip());
}

Result<void> fieldEvaluate(const std::string& reference, const std::string& test,
                           const std::string& views, const CommonOptions& common,
                           Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedFieldScene original, loadField(reference, *runner, console));
  const auto start = Clock::now();
  VOLPRESS_TRY(const engine::LoadedFieldScene result, loadField(test, *runner, console));
  engine::Evaluation evaluation;
  evaluation.decodeSeconds = secondsSince(start);
  evaluation.fileBytes = result.fileBytes;
  evaluation.referenceBytes = engine::plainFieldBytes(*original.field);
  VOLPRESS_TRY(const ViewSet set,
               engine::makeFieldViews(views, *original.field, engine::kFieldMeasureSide));
  Progress progress;
  engine::MeasureContext context{*runner, progress, console.stopToken()};
  VOLPRESS_TRY(evaluation.views, engine::measureField(original.field, result.field, set, context));
  evaluation.peakMemoryBytes = engine::peakMemoryBytes();
  console.print(fmt::format(
      "{} against {}, {} views of {}\n  size      {}, {:.2f}x under binary16 parameters and "
      "occupancy bits\n{}",
      test, reference, set.views.size(), set.origin, describeBytes(evaluation.fileBytes),
      evaluation.ratio(), describeFieldQuality(evaluation)));
  return printEvaluation(console, reference, test, set.origin, evaluation);
}

}  // namespace volpress::cli
