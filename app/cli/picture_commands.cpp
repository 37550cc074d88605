#include "app/cli/picture_commands.hpp"

#include <chrono>

#include "app/cli/drawn_picture.hpp"
#include "app/cli/measured_json.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/png_image.hpp"
#include "compressors/picture_codec.hpp"
#include "renderer/software/gaussian_picture.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"
#ifdef VOLPRESS_VULKAN
#include "renderer/vulkan/vulkan_gaussian_picture.hpp"
#endif

namespace volpress::cli {
namespace {

using Clock = std::chrono::steady_clock;

Result<engine::LoadedPicture> load(const std::string& file, TaskRunner& runner, Console& console) {
  Progress progress;
  return engine::loadPicture(file, runner, progress, console.stopToken());
}

double bitsPerPixel(const engine::LoadedPicture& loaded) {
  const Image& picture = *loaded.picture;
  return 8 * static_cast<double>(loaded.fileBytes) /
         static_cast<double>(picture.width * picture.height);
}

std::string formatWords(const engine::LoadedPicture& loaded) {
  const compressors::PictureCodec* codec =
      compressors::findPictureCodec(loaded.codecId.empty() ? loaded.formatId : loaded.codecId);
  const std::string label = codec != nullptr ? codec->info().label : "PNG";
  return loaded.codecId.empty() ? label : "volpress file, codec " + label;
}

#ifdef VOLPRESS_VULKAN
Result<Image> drawByVulkan(const renderer::GaussianPicture& picture) {
  VOLPRESS_TRY(const auto context, renderer::VulkanContext::create({}));
  return renderer::drawGaussianPictureByVulkan(context, picture);
}
#else
Result<Image> drawByVulkan(const renderer::GaussianPicture& /*picture*/) { return withoutVulkan(); }
#endif

}  // namespace

Result<void> pictureInfo(const std::string& file, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedPicture loaded, load(file, *runner, console));
  VOLPRESS_TRY(const std::vector<formats::ByteShare> shares, engine::pictureFileBreakdown(file));
  const Image& picture = *loaded.picture;
  const std::uint64_t plain = engine::plainPictureBytes(picture);
  std::string text = fmt::format("{}\n", file);
  text += fmt::format("  format     {}\n", formatWords(loaded));
  text += fmt::format("  picture    {} x {} pixels\n", picture.width, picture.height);
  text += fmt::format(
      "  size       {} ({} bytes), {:.3f} bits a pixel, {:.2f}x under 8-bit RGB ({})\n",
      describeBytes(loaded.fileBytes), describeCount(loaded.fileBytes), bitsPerPixel(loaded),
      static_cast<double>(plain) / static_cast<double>(loaded.fileBytes), describeBytes(plain));
  if (!loaded.parameters.empty()) {
    text += fmt::format("  parameters {}\n", loaded.parameters);
  }
  if (!shares.empty()) {
    text += "  where the bytes go\n" + describeBreakdown(shares);
  }
  for (const std::string& warning : loaded.warnings) {
    text += "  note: " + warning + "\n";
  }
  console.print(text);
  engine::Json json = {{"file", file},
                       {"format", loaded.formatId},
                       {"fileBytes", loaded.fileBytes},
                       {"width", picture.width},
                       {"height", picture.height},
                       {"plainBytes", plain},
                       {"bitsPerPixel", bitsPerPixel(loaded)},
                       {"breakdown", breakdownJson(shares)},
                       {"warnings", loaded.warnings}};
  if (!loaded.codecId.empty()) {
    json["codec"] = loaded.codecId;
    const auto parameters = engine::parseJson(loaded.parameters);
    json["parameters"] = parameters ? *parameters : engine::Json(loaded.parameters);
  }
  console.printJson(engine::dumpJson(json, 2));
  return {};
}

Result<void> pictureConvert(const std::string& input, const std::string& output,
                            const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  const auto start = Clock::now();
  VOLPRESS_TRY(const engine::LoadedPicture loaded, load(input, *runner, console));
  const double decodeSeconds = secondsSince(start);
  VOLPRESS_TRY(const std::uint64_t bytes, engine::savePicture(output, *loaded.picture));
  console.print(fmt::format("{}: {} x {} pixels, {} as PNG (from {}), read in {:.1f} ms\n", output,
                            loaded.picture->width, loaded.picture->height, describeBytes(bytes),
                            describeBytes(loaded.fileBytes), 1000 * decodeSeconds));
  console.printJson(engine::dumpJson({{"input", input},
                                      {"output", output},
                                      {"format", "png"},
                                      {"width", loaded.picture->width},
                                      {"height", loaded.picture->height},
                                      {"inputBytes", loaded.fileBytes},
                                      {"outputBytes", bytes},
                                      {"decodeSeconds", decodeSeconds},
                                      {"seconds", secondsSince(start)},
                                      {"warnings", loaded.warnings}},
                                     2));
  return {};
}

Result<void> pictureRender(const std::string& input, const std::string& output,
                           const std::string& device, const CommonOptions& common,
                           Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(input));
  const compressors::PictureCodec* codec = compressors::pictureCodecForContent(file.bytes());
  if (codec == nullptr) {
    return fail(ErrorCode::InvalidParameter,
                "{}: is a picture already; \"volpress convert\" writes it as PNG", input);
  }
  Progress progress;
  compressors::RunContext context{*runner, progress, console.stopToken()};
  auto picture = codec->gaussians(file.bytes(), context);
  if (!picture) {
    return withContext(std::move(picture).error(), input);
  }
  const auto start = Clock::now();
  VOLPRESS_TRY(const Image drawn, device == "vulkan" ? drawByVulkan(*picture)
                                                     : renderer::drawGaussianPicture(
                                                           *picture, *runner, console.stopToken()));
  const double seconds = secondsSince(start);
  VOLPRESS_CHECK(engine::writePng(output, drawn));
  console.print(fmt::format("{}: {} x {} pixels, {} Gaussians, drawn in {:.1f} ms by {}\n", output,
                            picture->width, picture->height, describeCount(picture->count()),
                            1000 * seconds, device));
  console.printJson(engine::dumpJson({{"output", output},
                                      {"gaussians", picture->count()},
                                      {"device", device},
                                      {"seconds", seconds}},
                                     2));
  return {};
}

std::string describePictureQuality(const engine::Evaluation& evaluation) {
  return evaluation.views.empty()
             ? std::string()
             : fmt::format("  quality   PSNR {}, SSIM {:.4f}, MS-SSIM {:.4f}, FLIP {:.4f}\n",
                           describePsnr(evaluation.meanPsnr()), evaluation.meanSsim(),
                           evaluation.meanMsSsim(), evaluation.meanFlip());
}

Result<void> pictureEvaluate(const std::string& reference, const std::string& test,
                             const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::LoadedPicture original, load(reference, *runner, console));
  const auto start = Clock::now();
  VOLPRESS_TRY(const engine::LoadedPicture result, load(test, *runner, console));
  engine::Evaluation evaluation;
  evaluation.decodeSeconds = secondsSince(start);
  evaluation.fileBytes = result.fileBytes;
  evaluation.referenceBytes = engine::plainPictureBytes(*original.picture);
  VOLPRESS_TRY(evaluation.breakdown, engine::pictureFileBreakdown(test));
  Progress progress;
  engine::MeasureContext context{*runner, progress, console.stopToken()};
  auto measured = engine::measurePicture(*original.picture, *result.picture, context);
  if (!measured) {
    return withContext(std::move(measured).error(), test);
  }
  evaluation.views = std::move(*measured);
  evaluation.peakMemoryBytes = engine::peakMemoryBytes();
  console.print(fmt::format(
      "{} against {}\n  size      {}, {:.3f} bits a pixel, {:.2f}x under 8-bit RGB\n  decoded   in "
      "{:.1f} ms\n{}",
      test, reference, describeBytes(evaluation.fileBytes), bitsPerPixel(result),
      evaluation.ratio(), 1000 * evaluation.decodeSeconds, describePictureQuality(evaluation)));
  return printEvaluation(console, reference, test, "the picture", evaluation);
}

}  // namespace volpress::cli
