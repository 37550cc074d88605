// Clips of voxel fields on the command line.
#include "app/cli/voxel_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/voxel_clip.hpp"

namespace volpress::cli {
namespace {

double ratioOf(std::uint64_t reference, std::uint64_t bytes) {
  return bytes == 0 ? 0 : static_cast<double>(reference) / static_cast<double>(bytes);
}

}  // namespace

Result<void> voxelEncode(const ClipEncodeOptions& options, const CommonOptions& common,
                         Console& console) {
  const compressors::VoxelSequenceCodec* codec = compressors::findVoxelCodec(options.codec);
  engine::ClipEncodeSpec spec;
  spec.input = options.input;
  spec.output = options.output;
  spec.codec = options.codec;
  spec.seed = options.seed;
  spec.framesPerSecond = options.framesPerSecond;
  VOLPRESS_TRY(const ParamSet given, parseSettings(codec->info().params, options.settings));
  VOLPRESS_TRY(spec.params,
               compressors::resolveParams(compressors::describeSequenceCodec(codec->info()),
                                          options.preset, given));
  if (!options.segments.empty()) {
    VOLPRESS_TRY(spec.segments, engine::parseSegmentRange(options.segments));
  }
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const auto report = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    const bool asFile = spec.codec == "fpo" && spec.output.extension() == ".npz";
    return asFile ? engine::encodeFourierFile(spec, *runner, console.stopToken())
                  : engine::encodeVoxels(spec, *runner, progress, console.stopToken());
  }();
  if (!report) {
    return tl::unexpected<Error>(report.error());
  }
  for (const std::string& line : report->log) {
    console.note("note: " + line);
  }
  const auto frames = static_cast<double>(report->frames);
  console.print(
      fmt::format("{}: {} ({} bytes), {} frames in {} of {} segments\n"
                  "  {} a frame, {:.1f}x under plain arrays\n"
                  "  encoded in {:.1f} s ({:.3f} s a frame), decoded at {:.1f} frames/s\n",
                  options.output, describeBytes(report->bytes), describeCount(report->bytes),
                  report->frames, report->segments, report->segmentsOfClip,
                  describeBytes(report->bytes / std::max<std::size_t>(1, report->frames)),
                  ratioOf(report->referenceBytes, report->bytes), report->encodeSeconds,
                  report->encodeSeconds / frames, frames / report->decodeSeconds));
  console.printJson(engine::dumpJson({{"output", options.output},
                                      {"bytes", report->bytes},
                                      {"sharedBytes", report->initBytes},
                                      {"frames", report->frames},
                                      {"segments", report->segments},
                                      {"segmentsOfClip", report->segmentsOfClip},
                                      {"plainBytes", report->referenceBytes},
                                      {"ratio", ratioOf(report->referenceBytes, report->bytes)},
                                      {"encodeSeconds", report->encodeSeconds},
                                      {"decodeSeconds", report->decodeSeconds},
                                      {"log", report->log}},
                                     2));
  return {};
}

Result<void> voxelEvaluate(const std::string& reference, const std::string& clip,
                           const std::string& views, const CommonOptions& common,
                           Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const auto quality = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    return engine::evaluateVoxels(reference, clip, views, *runner, progress, console.stopToken());
  }();
  if (!quality) {
    return tl::unexpected<Error>(quality.error());
  }
  printClipQuality(reference, clip, *quality, "plain arrays", console);
  return {};
}

}  // namespace volpress::cli
