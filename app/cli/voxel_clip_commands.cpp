// Clips of voxel fields on the command line.
#include "app/cli/voxel_commands.hpp"
#include "app/engine/json_text.hpp"
#include "app/engine/voxel_clip.hpp"

namespace volpress::cli {
Result<void> voxelEncode(const ClipEncodeOptions& options, const CommonOptions& common,
                         Console& console) {
  VOLPRESS_TRY(const engine::ClipEncodeSpec spec,
               clipSpecOf(options, compressors::findVoxelCodec(options.codec)->info()));
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
  reportClip(options.output, *report, "plain arrays", "plainBytes", console);
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
