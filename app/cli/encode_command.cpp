// volpress encode
#include <filesystem>
#include <system_error>

#include <CLI/CLI.hpp>

#include "app/cli/clip_commands.hpp"
#include "app/cli/command.hpp"
#include "app/cli/edit_options.hpp"
#include "app/cli/field_commands.hpp"
#include "app/cli/mesh_commands.hpp"
#include "app/cli/picture_commands.hpp"
#include "app/cli/voxel_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/run_job.hpp"
#include "compressors/codec.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"
#include "compressors/stream/sequence_codec.hpp"
#include "compressors/voxels/voxel_codec.hpp"

namespace volpress::cli {
namespace {

struct EncodeOptions {
  std::string input;
  std::string output;
  std::string codec;
  std::string preset;
  std::vector<std::string> settings;
  ViewSetOptions views;
  engine::PhotoOptions photos;
  std::string targetSize;
  double targetPsnr = 0;
  bool measure = false;
  std::vector<edit::EditOperation> edits;
  unsigned level = 0;
  std::string scratch;
  double checkpointSeconds = 30;
  std::string segments;
  std::uint32_t framesPerSecond = 30;
  std::string device = "software";
};

Result<engine::JobSpec> specOf(const EncodeOptions& options, const CommonOptions& common) {
  engine::JobSpec spec;
  spec.input = options.input;
  spec.output = options.output;
  spec.codec = options.codec;
  spec.preset = options.preset;
  spec.views = options.views.views;
  spec.seed = options.views.seed;
  spec.photos = options.photos;
  spec.threads = common.threads;
  spec.edits = options.edits;
  spec.level = options.level;
  spec.scratch = options.scratch;
  spec.checkpointSeconds = options.checkpointSeconds;
  if (!options.targetSize.empty()) {
    VOLPRESS_TRY(const double bytes, engine::parseByteSize(options.targetSize));
    spec.target = {engine::QualityTarget::Kind::SizeBytes, bytes};
  } else if (options.targetPsnr > 0) {
    spec.target = {engine::QualityTarget::Kind::MeanPsnr, options.targetPsnr};
  }
  // An unknown codec is reported by the job itself.
  if (const compressors::Codec* codec = compressors::findCodec(options.codec)) {
    VOLPRESS_TRY(spec.overrides, parseSettings(codec->info().params, options.settings));
  } else if (const compressors::MeshCodec* of = compressors::findMeshCodec(options.codec)) {
    VOLPRESS_TRY(spec.overrides, parseSettings(of->info().params, options.settings));
  } else if (const compressors::FieldCodec* field = compressors::findFieldCodec(options.codec)) {
    VOLPRESS_TRY(spec.overrides, parseSettings(field->info().params, options.settings));
  } else if (const compressors::PictureCodec* picture =
                 compressors::findPictureCodec(options.codec)) {
    VOLPRESS_TRY(spec.overrides, parseSettings(picture->info().params, options.settings));
  }
  return spec;
}

/// Where the search for a target ended; nothing without one.
std::string describeSearch(const engine::Evaluation& evaluation) {
  std::string text;
  for (const auto& [id, value] : evaluation.settled) {
    text += fmt::format("  {} encodes settled on {}={}\n", evaluation.encodes, id,
                        formatParamValue(value));
  }
  if (!evaluation.missedTarget.empty()) {
    text += "  target missed: " + evaluation.missedTarget + "\n";
  }
  return text;
}

std::string resultText(const EncodeOptions& options, const engine::Evaluation& evaluation) {
  if (evaluation.mesh) {
    return fmt::format(
        "{}: {} ({} bytes), {:.2f}x under plain arrays and pictures\n"
        "  encoded in {:.2f} s, decoded in {:.3f} s, peak memory {}\n{}{}  where the bytes go\n{}",
        options.output, describeBytes(evaluation.fileBytes), describeCount(evaluation.fileBytes),
        evaluation.ratio(), evaluation.encodeSeconds, evaluation.decodeSeconds,
        describeBytes(evaluation.peakMemoryBytes), describeMeshQuality(evaluation),
        describeSearch(evaluation), describeBreakdown(evaluation.breakdown));
  }
  const bool isPicture = compressors::findPictureCodec(options.codec) != nullptr;
  if (isPicture || compressors::findFieldCodec(options.codec) != nullptr) {
    return fmt::format(
        "{}: {} ({} bytes), {:.2f}x under {}\n"
        "  encoded in {:.2f} s, decoded in {:.3f} s, peak memory {}\n{}{}  where the bytes go\n{}",
        options.output, describeBytes(evaluation.fileBytes), describeCount(evaluation.fileBytes),
        evaluation.ratio(), isPicture ? "8-bit RGB" : "binary16 parameters and occupancy bits",
        evaluation.encodeSeconds, evaluation.decodeSeconds,
        describeBytes(evaluation.peakMemoryBytes),
        isPicture ? describePictureQuality(evaluation) : describeFieldQuality(evaluation),
        describeSearch(evaluation), describeBreakdown(evaluation.breakdown));
  }
  std::string text = fmt::format(
      "{}: {} ({} bytes), {:.2f}x under float PLY, {} of {} splats kept\n"
      "  encoded in {:.2f} s, decoded in {:.2f} s, peak memory {}\n",
      options.output, describeBytes(evaluation.fileBytes), describeCount(evaluation.fileBytes),
      evaluation.ratio(), describeCount(evaluation.splatsOut), describeCount(evaluation.splatsIn),
      evaluation.encodeSeconds, evaluation.decodeSeconds,
      describeBytes(evaluation.peakMemoryBytes));
  if (!evaluation.views.empty()) {
    text += fmt::format("  quality over {} views: {} mean ({} worst), SSIM {:.4f}, FLIP {:.4f}\n",
                        evaluation.views.size(), describePsnr(evaluation.meanPsnr()),
                        describePsnr(evaluation.worstPsnr()), evaluation.meanSsim(),
                        evaluation.meanFlip());
  }
  if (evaluation.isNative()) {
    text += fmt::format("  {}\n", describeNative(evaluation));
  }
  return text + describeSearch(evaluation) + "  where the bytes go\n" +
         describeBreakdown(evaluation.breakdown);
}

Result<void> encode(const EncodeOptions& options, const CommonOptions& common, Console& console) {
  if (options.device != "software" && compressors::findFieldCodec(options.codec) == nullptr) {
    return fail(ErrorCode::InvalidParameter,
                "--device {} is for the codecs of radiance fields; {} has one device, the CPU",
                options.device, options.codec);
  }
  const bool ofVoxels = compressors::findVoxelCodec(options.codec) != nullptr;
  if (ofVoxels || compressors::findSequenceCodec(options.codec) != nullptr) {
    if (!options.targetSize.empty() || options.targetPsnr > 0 || options.measure ||
        !options.edits.empty()) {
      return fail(ErrorCode::InvalidParameter,
                  "--target-size, --target-psnr, --measure and edits are for single scenes");
    }
    const ClipEncodeOptions clip{options.input,      options.output,         options.codec,
                                 options.preset,     options.segments,       options.settings,
                                 options.views.seed, options.framesPerSecond};
    return ofVoxels ? voxelEncode(clip, common, console) : encodeClipCommand(clip, common, console);
  }
  if (!options.segments.empty()) {
    return fail(ErrorCode::InvalidParameter, "--segment is for the codecs of sequences");
  }
  VOLPRESS_TRY(const engine::JobSpec spec, specOf(options, common));
  if (std::error_code problem; !spec.scratch.empty()) {
    std::filesystem::create_directories(spec.scratch, problem);
    if (problem) {
      return fail(ErrorCode::IoFailure, "{}: the folder cannot be made: {}", options.scratch,
                  problem.message());
    }
  }
  VOLPRESS_TRY(const auto device, makeFieldLearner(options.device, console));
  engine::StagedProgress progress;
  engine::JobRun run{progress, console.stopToken(),
                     [&](const std::string& line) { console.note("note: " + line); },
                     options.measure};
  run.fieldLearner = device.get();
  const auto evaluation = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    return engine::runJob(spec, run);
  }();
  if (!evaluation) {
    return tl::unexpected<Error>(evaluation.error());
  }
  console.print(resultText(options, *evaluation));
  if (console.json()) {
    VOLPRESS_TRY(const engine::Json measured,
                 engine::parseJson(engine::evaluationToJson(*evaluation)));
    VOLPRESS_TRY(const engine::Json job, engine::parseJson(engine::jobToJson(spec)));
    console.printJson(engine::dumpJson({{"job", job}, {"evaluation", measured}}, 2));
  }
  return {};
}

}  // namespace

Command addEncodeCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("encode", "Compress a scene with one codec");
  auto common = std::make_shared<CommonOptions>();
  auto options = std::make_shared<EncodeOptions>();
  app->add_option(
         "IN", options->input,
         "A scene file, a .vpc, a folder with a loose SOG, or, for a codec of sequences, a "
         "folder of numbered frames")
      ->required();
  app->add_option("-o,--output", options->output, "The file to write")
      ->type_name("OUT.vpc")
      ->required();
  app->add_option("--codec", options->codec, "Which compressor; \"volpress codecs\" lists them")
      ->type_name("ID")
      ->required();
  app->add_option("--preset", options->preset, "A named set of settings of the codec")
      ->type_name("P");
  app->add_option("--set", options->settings, "One setting of the codec, on top of the preset")
      ->type_name("KEY=VALUE")
      ->take_all();
  auto* size = app->add_option("--target-size", options->targetSize,
                               "Move the codec's quality knob until the file has this size or up "
                               "to 2 % less, with at most 8 encodes")
                   ->type_name("20MB");
  app->add_option("--target-psnr", options->targetPsnr,
                  "Move it until the mean PSNR over the views is this, within 0.15 dB")
      ->type_name("DB")
      ->check(CLI::Range(1.0, 99.0))
      ->excludes(size);
  app->add_flag("--measure", options->measure,
                "Also measure the quality (PSNR, SSIM, MS-SSIM, FLIP) over the views");
  app->add_option("--segment", options->segments,
                  "Of a sequence, encode these segments only; \"volpress stream join\" joins the "
                  "parts")
      ->type_name("A-B");
  app->add_option("--fps", options->framesPerSecond, "Of a sequence, frames a second (default 30)")
      ->type_name("N")
      ->check(CLI::Range(1, 1000));
  addEditOptions(*app, options->edits);
  addLevelOption(*app, options->level);
  addViewsOption(*app, options->views);
  app->add_option("--photos", options->photos.dataset,
                  "Photographs (a COLMAP model or a transforms.json) that a codec which fine-tunes "
                  "learns from, instead of pictures of IN")
      ->type_name("DATASET");
  addPhotoOptions(*app, options->photos);
  app->add_option("--scratch", options->scratch,
                  "Keep there what a fine-tune has learnt so far: the same command goes on from it "
                  "after a kill, to the same bytes")
      ->type_name("FOLDER");
  app->add_option("--checkpoint-seconds", options->checkpointSeconds,
                  "How often that is written (default 30)")
      ->check(CLI::Range(0.0, 86400.0));
  app->add_option("--device", options->device,
                  "What fine-tunes a radiance field: software (default), or vulkan, whose rounding "
                  "makes a file of other last bits")
      ->type_name("DEVICE")
      ->check(CLI::IsMember({"software", "vulkan"}));
  addSeedOption(*app, options->views);
  addCommonOptions(*app, *common);
  app->footer(
      "Examples:\n"
      "  volpress encode scene.ply -o scene.vpc --codec lightgaussian\n"
      "  volpress encode scene.ply -o small.vpc --codec lightgaussian --preset small --measure\n"
      "  volpress encode scene.ply -o web.vpc --codec lightgaussian --target-size 20MB\n"
      "  volpress encode frames -o clip.dgsv --codec dualgs\n"
      "  volpress encode photo.png -o photo.vpc --codec gaussianimage\n"
      "  volpress encode helmet.glb -o helmet.vpc --codec draco --measure\n"
      "The file is read back and decoded before it gets its name.");
  return {app, common,
          [common, options](Console& console) { return encode(*options, *common, console); }};
}

}  // namespace volpress::cli
