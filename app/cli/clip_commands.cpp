// Clips on the command line, and volpress stream.
#include "app/cli/clip_commands.hpp"

#include <CLI/CLI.hpp>

#include "app/cli/stream_export_command.hpp"
#include "app/engine/clip_files.hpp"
#include "app/engine/clip_quality.hpp"
#include "app/engine/json_text.hpp"

namespace volpress::cli {
namespace {

double ratioOf(std::uint64_t reference, std::uint64_t bytes) {
  return bytes == 0 ? 0 : static_cast<double>(reference) / static_cast<double>(bytes);
}

/// Bytes of each layer over all segments, and of what segments share.
engine::Json layersToJson(const engine::OpenClip& clip) {
  engine::Json layers = engine::Json::array();
  for (std::uint32_t layer = 0; layer < clip.info().layerCount; ++layer) {
    std::uint64_t bytes = 0;
    for (const auto& entry : clip.file().entries()) {
      bytes += entry.lengths[layer];
    }
    layers.push_back(bytes);
  }
  return layers;
}

Result<void> join(const std::vector<std::string>& parts, const std::string& output,
                  Console& console) {
  const std::vector<std::filesystem::path> paths(parts.begin(), parts.end());
  VOLPRESS_TRY(const std::uint64_t bytes, engine::joinClips(paths, output));
  console.print(fmt::format("{}: {} from {} parts\n", output, describeBytes(bytes), parts.size()));
  console.printJson(engine::dumpJson({{"output", output}, {"bytes", bytes}}, 2));
  return {};
}

}  // namespace

Result<engine::ClipEncodeSpec> clipSpecOf(const ClipEncodeOptions& options,
                                          const compressors::SequenceCodecInfo& codec) {
  engine::ClipEncodeSpec spec;
  spec.input = options.input;
  spec.output = options.output;
  spec.codec = options.codec;
  spec.seed = options.seed;
  spec.framesPerSecond = options.framesPerSecond;
  VOLPRESS_TRY(const ParamSet given, parseSettings(codec.params, options.settings));
  VOLPRESS_TRY(spec.params, compressors::resolveParams(compressors::describeSequenceCodec(codec),
                                                       options.preset, given));
  if (!options.segments.empty()) {
    VOLPRESS_TRY(spec.segments, engine::parseSegmentRange(options.segments));
  }
  return spec;
}

void reportClip(const std::string& output, const engine::ClipEncodeReport& report,
                const std::string& plain, const char* plainKey, Console& console) {
  for (const std::string& line : report.log) {
    console.note("note: " + line);
  }
  const auto frames = static_cast<double>(report.frames);
  console.print(
      fmt::format("{}: {} ({} bytes), {} frames in {} of {} segments\n"
                  "  {} a frame, {:.1f}x under {}\n"
                  "  encoded in {:.1f} s ({:.3f} s a frame), decoded at {:.1f} frames/s\n",
                  output, describeBytes(report.bytes), describeCount(report.bytes), report.frames,
                  report.segments, report.segmentsOfClip,
                  describeBytes(report.bytes / std::max<std::size_t>(1, report.frames)),
                  ratioOf(report.referenceBytes, report.bytes), plain, report.encodeSeconds,
                  report.encodeSeconds / frames, frames / report.decodeSeconds));
  console.printJson(engine::dumpJson({{"output", output},
                                      {"bytes", report.bytes},
                                      {"sharedBytes", report.initBytes},
                                      {"frames", report.frames},
                                      {"segments", report.segments},
                                      {"segmentsOfClip", report.segmentsOfClip},
                                      {plainKey, report.referenceBytes},
                                      {"ratio", ratioOf(report.referenceBytes, report.bytes)},
                                      {"encodeSeconds", report.encodeSeconds},
                                      {"decodeSeconds", report.decodeSeconds},
                                      {"log", report.log}},
                                     2));
}

void reportFrames(const std::string& output, std::size_t frames, std::uint64_t bytes,
                  Console& console) {
  console.print(fmt::format("{}: {} frames, {}\n", output, frames, describeBytes(bytes)));
  console.printJson(
      engine::dumpJson({{"output", output}, {"frames", frames}, {"bytes", bytes}}, 2));
}

Result<void> encodeClipCommand(const ClipEncodeOptions& options, const CommonOptions& common,
                               Console& console) {
  VOLPRESS_TRY(const engine::ClipEncodeSpec spec,
               clipSpecOf(options, compressors::findSequenceCodec(options.codec)->info()));
  const auto runner = makeThreadRunner(common.threads);
  engine::StagedProgress progress;
  const auto report = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    return engine::encodeClip(spec, *runner, progress, console.stopToken());
  }();
  if (!report) {
    return tl::unexpected<Error>(report.error());
  }
  reportClip(options.output, *report,
             "float PLY; " + describeBytes(report->initBytes) + " of it shared by all segments",
             "floatPlyBytes", console);
  return {};
}

Result<void> decodeClipCommand(const std::string& input, const std::string& folder,
                               std::size_t layers, const CommonOptions& common, Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  Progress progress;
  const ProgressLine line(console, [&] { return progress.snapshot(); });
  VOLPRESS_TRY(
      const engine::WrittenSequence written,
      engine::decodeClip(input, folder, ".ply", layers, *runner, progress, console.stopToken()));
  reportFrames(folder, written.frames, written.bytes, console);
  return {};
}

void printClipQuality(const std::string& reference, const std::string& clip,
                      const engine::ClipQuality& quality, std::string_view plain,
                      Console& console) {
  const auto frames = static_cast<double>(quality.frameCount);
  console.print(
      fmt::format("{} against {}, {} frames from {} views of {}\n"
                  "  size     {}, {} a frame, {:.1f}x under {}\n"
                  "  PSNR     {:.2f} dB mean, {:.2f} dB in the worst frame ({})\n"
                  "  SSIM     {:.4f} mean, {:.4f} in the worst frame\n"
                  "  flicker  {:.5f} (FLIP of what the error changes from frame to frame)\n"
                  "  decoding {:.1f} frames/s\n",
                  clip, reference, quality.frameCount, quality.viewCount, quality.views,
                  describeBytes(quality.fileBytes),
                  describeBytes(quality.fileBytes / std::max<std::size_t>(1, quality.frameCount)),
                  ratioOf(quality.referenceBytes, quality.fileBytes), plain, quality.meanPsnr(),
                  quality.worst().psnr, quality.worst().frame, quality.meanSsim(),
                  quality.worstSsim(), quality.meanFlicker(), frames / quality.decodeSeconds));
  engine::Json json = {{"reference", reference},
                       {"clip", clip},
                       {"views", quality.views},
                       {"bytes", quality.fileBytes},
                       {"bytesPerFrame", static_cast<double>(quality.fileBytes) / frames},
                       {"ratio", ratioOf(quality.referenceBytes, quality.fileBytes)},
                       {"psnrMean", quality.meanPsnr()},
                       {"psnrWorst", quality.worst().psnr},
                       {"worstFrame", quality.worst().frame},
                       {"ssimMean", quality.meanSsim()},
                       {"ssimWorst", quality.worstSsim()},
                       {"flicker", quality.meanFlicker()},
                       {"decodeSeconds", quality.decodeSeconds}};
  json["frames"] = engine::Json::array();
  for (const engine::FrameQuality& frame : quality.frames) {
    json["frames"].push_back({{"frame", frame.frame},
                              {"psnr", frame.psnr},
                              {"ssim", frame.ssim},
                              {"flicker", frame.flicker}});
  }
  console.printJson(engine::dumpJson(json, 2));
}

Result<void> evaluateClipCommand(const std::string& reference, const std::string& clip,
                                 const std::string& views, const CommonOptions& common,
                                 Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  engine::StagedProgress progress;
  const auto quality = [&] {
    const ProgressLine line(console, [&] { return progress.snapshot(); });
    return engine::evaluateClip(reference, clip, views, compressors::kMaxLayers, *runner, progress,
                                console.stopToken());
  }();
  if (!quality) {
    return tl::unexpected<Error>(quality.error());
  }
  printClipQuality(reference, clip, *quality, "float PLY", console);
  return {};
}

Result<void> describeClipCommand(const std::string& path, const CommonOptions& common,
                                 Console& console) {
  const auto runner = makeThreadRunner(common.threads);
  VOLPRESS_TRY(const engine::OpenClip clip,
               engine::OpenClip::open(path, *runner, console.stopToken()));
  const compressors::ClipInfo& info = clip.info();
  const engine::Json layers = layersToJson(clip);
  const double rate = info.framesPerSecond();
  std::string text =
      fmt::format("{}\n  format   clip, codec {}\n", path, clip.codec().info().label);
  text += fmt::format("  frames   {} at {:g} a second, up to {} splats, SH degree {}\n",
                      describeCount(info.frameCount), rate, describeCount(info.maxSplats),
                      info.shDegree);
  text +=
      fmt::format("  segments {} of {}{}\n", clip.file().entries().size(), info.segmentCount,
                  clip.file().isWhole() ? "" : " (a part: \"volpress stream join\" joins parts)");
  text += fmt::format("  size     {} ({} bytes), {} shared by all segments\n",
                      describeBytes(clip.bytes()), describeCount(clip.bytes()),
                      describeBytes(clip.file().initBytes()));
  for (std::size_t layer = 0; layer < layers.size(); ++layer) {
    text += fmt::format("  layer {}  {}: {}\n", layer,
                        describeBytes(layers[layer].get<std::uint64_t>()),
                        compressors::layerWords(info, layer));
  }
  text += fmt::format("  parameters {}\n", info.parameters);
  console.print(text);
  console.printJson(engine::dumpJson({{"file", path},
                                      {"codec", clip.codec().info().id},
                                      {"frames", info.frameCount},
                                      {"framesPerSecond", rate},
                                      {"maxSplats", info.maxSplats},
                                      {"shDegree", info.shDegree},
                                      {"segments", clip.file().entries().size()},
                                      {"segmentsOfClip", info.segmentCount},
                                      {"fileBytes", clip.bytes()},
                                      {"sharedBytes", clip.file().initBytes()},
                                      {"layerBytes", layers}},
                                     2));
  return {};
}

Command addStreamCommand(CLI::App& root) {
  CLI::App* app = root.add_subcommand("stream", "Work with clips, the files of moving scenes");
  auto common = std::make_shared<CommonOptions>();
  auto parts = std::make_shared<std::vector<std::string>>();
  auto output = std::make_shared<std::string>();
  addCommonOptions(*app, *common);
  app->require_subcommand(1);
  app->footer(
      "Example:\n"
      "  volpress encode clip -o a.dgsv --codec dualgs --segment 0-1\n"
      "  volpress encode clip -o b.dgsv --codec dualgs --segment 2-3\n"
      "  volpress stream join a.dgsv b.dgsv -o clip.dgsv\n"
      "  volpress stream export clip.dgsv -o clip-web --ladder 10,25,50 --frames clip");
  const auto exporting = addStreamExport(*app, common);
  CLI::App* joining = app->add_subcommand(
      "join",
      "Make one clip of parts that were encoded with --segment: the same bytes as in one run");
  joining->add_option("PART", *parts, "Clips that hold some of the segments")
      ->type_name("PART.dgsv")
      ->required()
      ->take_all();
  joining->add_option("-o,--output", *output, "The clip to write")
      ->type_name("OUT.dgsv")
      ->required();
  addCommonOptions(*joining, *common);
  return {app, common, [joining, exporting, parts, output](Console& console) {
            return joining->parsed() ? join(*parts, *output, console) : exporting(console);
          }};
}

}  // namespace volpress::cli
