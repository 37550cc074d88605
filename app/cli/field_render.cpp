#include <chrono>

#include "app/cli/drawn_picture.hpp"
#include "app/cli/field_commands.hpp"
#include "app/cli/measured_json.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/field_measure.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/png_image.hpp"
#include "scene/base/stopwatch.hpp"
#ifdef VOLPRESS_VULKAN
#include "renderer/vulkan/vulkan_field.hpp"
#include "renderer/vulkan/vulkan_field_learner.hpp"
#endif

namespace volpress::cli {
namespace {

using Clock = std::chrono::steady_clock;

Result<engine::LoadedFieldScene> loadField(const std::string& path, TaskRunner& runner,
                                           Console& console) {
  Progress progress;
  return noting(path, engine::loadFieldScene(path, runner, progress, console.stopToken()), console);
}

/// A field's picture, and what drew it.
struct DrawnField {
  renderer::RenderResult picture;
  std::string device;
  std::optional<std::uint64_t> samples;  ///< where the device counts them
  double seconds = 0;                    ///< without what is done once a field
};

Result<DrawnField> drawBySoftware(const renderer::PreparedField& field, const Camera& camera,
                                  const renderer::FieldRenderOptions& options,
                                  const renderer::FieldRenderer& software) {
  const auto start = Clock::now();
  VOLPRESS_TRY(renderer::FieldRenderResult drawn, software.render(field, camera, options));
  return DrawnField{std::move(drawn.picture), software.name(), drawn.samples, secondsSince(start)};
}

#ifdef VOLPRESS_VULKAN
Result<DrawnField> drawByVulkan(const renderer::PreparedField& field, const Camera& camera,
                                const renderer::FieldRenderOptions& options) {
  VOLPRESS_TRY(const auto context, renderer::VulkanContext::create({}));
  VOLPRESS_TRY(const auto device, renderer::VulkanFieldRenderer::create(context));
  VOLPRESS_TRY(const auto uploaded, device->upload(field.field(), field.occupancy()));
  const auto start = Clock::now();
  VOLPRESS_TRY(renderer::RenderResult drawn, device->render(*uploaded, camera, options));
  return DrawnField{std::move(drawn), "Vulkan, " + context->deviceName(), std::nullopt,
                    secondsSince(start)};
}
#else
Result<DrawnField> drawByVulkan(const renderer::PreparedField& /*field*/, const Camera& /*camera*/,
                                const renderer::FieldRenderOptions& /*options*/) {
  return withoutVulkan();
}
#endif

}  // namespace

Result<std::unique_ptr<renderer::FieldLearner>> makeFieldLearner(const std::string& device,
                                                                 Console& console) {
  if (device != "vulkan") {
    return nullptr;
  }
#ifdef VOLPRESS_VULKAN
  auto context = renderer::VulkanContext::create({});
  if (!context) {
    return withContext(std::move(context).error(),
                       "--device vulkan (without it the CPU learns the same)");
  }
  VOLPRESS_TRY(std::unique_ptr<renderer::FieldLearner> learner,
               renderer::makeVulkanFieldLearner(*context));
  console.note(fmt::format(
      "note: learns on {}{}", learner->name(),
      (*context)->isCpuDevice() ? ", which is a CPU: --device software is many times faster" : ""));
  return learner;
#else
  (void)console;
  return withoutVulkan();
#endif
}

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
  VOLPRESS_TRY(const DrawnField drawn, picture.device == "vulkan"
                                           ? drawByVulkan(*prepared, camera, options)
                                           : drawBySoftware(*prepared, camera, options, renderer));
  VOLPRESS_CHECK(engine::writePng(picture.output, drawn.picture.color));
  engine::Json facts = {{"device", drawn.device}};
  if (drawn.samples) {
    facts["samples"] = *drawn.samples;
  }
  const std::string contents = drawn.samples
                                   ? describeCount(*drawn.samples) + " samples"
                                   : describeCount(scene.field->parameters.size()) + " parameters";
  reportDrawn({picture.output, camera, contents, drawn.device, drawn.seconds}, facts, console);
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
