#include "app/engine/sequence_job.hpp"

#include <filesystem>
#include <limits>
#include <memory>
#include <utility>

#include "app/engine/clip_files.hpp"
#include "app/engine/clip_quality.hpp"
#include "app/engine/evaluate.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/voxel_files.hpp"
#include "scene/base/files.hpp"
#include "scene/sequence/sequence_folder.hpp"

namespace volpress::engine {
namespace {

Result<ClipEncodeSpec> encodeSpecOf(const JobSpec& spec) {
  const compressors::SequenceCodec* codec = compressors::findSequenceCodec(spec.codec);
  const std::string& label = codec->info().label;
  if (!spec.edits.empty() || !spec.photos.dataset.empty() || spec.level != 0 || spec.target) {
    return fail(ErrorCode::InvalidParameter,
                "{} compresses sequences, which have no edits, photographs, levels or targets yet; "
                "leave them away",
                label);
  }
  if (!spec.preset.empty() && spec.preset != "default") {
    return fail(ErrorCode::InvalidParameter, "{} has no preset \"{}\"; it has settings only", label,
                spec.preset);
  }
  if (isVoxelScene(spec.input)) {
    return fail(
        ErrorCode::InvalidParameter,
        "{}: is a voxel field, and {} is for splats; \"volpress encode\" compresses it with "
        "--codec streamrf or fpo",
        spec.input.string(), label);
  }
  if (!looksLikeSequence(spec.input)) {
    return fail(ErrorCode::InvalidParameter,
                "{}: {} compresses a folder of numbered frames; decode a clip into one first",
                spec.input.string(), label);
  }
  ClipEncodeSpec encode;
  encode.input = spec.input;
  encode.codec = spec.codec;
  encode.seed = spec.seed;
  VOLPRESS_TRY(encode.params, completeParams(codec->info().params, spec.overrides));
  return encode;
}

void addQuality(const ClipQuality& quality, Evaluation& evaluation) {
  constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();
  for (const FrameQuality& frame : quality.frames) {
    evaluation.views.push_back({fmt::format("frame {}", frame.frame), false, frame.psnr, frame.ssim,
                                kNotMeasured, kNotMeasured});
  }
}

}  // namespace

bool isSequenceJob(const JobSpec& spec) {
  return compressors::findSequenceCodec(spec.codec) != nullptr;
}

Result<Evaluation> runSequenceJob(const JobSpec& spec, JobRun& run) {
  VOLPRESS_TRY(ClipEncodeSpec encode, encodeSpecOf(spec));
  VOLPRESS_CHECK(checkOutputPlace(spec.output));
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(spec.threads);
  std::vector<Progress::Stage> stages = clipEncodeStages();
  const std::size_t measuring = stages.size();
  if (run.measure) {
    for (const Progress::Stage& stage : clipMeasureStages()) {
      stages.push_back(stage);
    }
  }
  run.progress.setStages(std::move(stages));
  // The clip takes the temporary's place, and the output's name only when it has been measured.
  VOLPRESS_TRY(AtomicFile file, AtomicFile::create(spec.output));
  encode.output = file.temporary();
  VOLPRESS_TRY(const ClipEncodeReport report,
               encodeClip(encode, *runner, run.progress, run.stop, 0));
  for (const std::string& line : report.log) {
    run.log(line);
  }
  Evaluation evaluation;
  evaluation.encodeSeconds = report.encodeSeconds;
  evaluation.decodeSeconds = report.decodeSeconds;
  evaluation.fileBytes = report.bytes;
  evaluation.referenceBytes = report.referenceBytes;
  {
    VOLPRESS_TRY(const OpenClip clip, OpenClip::open(encode.output, *runner, run.stop));
    evaluation.splatsIn = clip.info().maxSplats;
    evaluation.splatsOut = clip.info().maxSplats;
    evaluation.breakdown = clipBreakdown(clip);
  }
  if (run.measure) {
    VOLPRESS_TRY(const ClipQuality quality,
                 evaluateClip(spec.input, encode.output, spec.views, compressors::kMaxLayers,
                              *runner, run.progress, run.stop, measuring));
    addQuality(quality, evaluation);
    run.log(fmt::format("{} frames from {} views of {}, flicker {:.5f}", quality.frameCount,
                        quality.viewCount, quality.views, quality.meanFlicker()));
  }
  if (run.stop.stop_requested()) {
    return fail(ErrorCode::Cancelled, "cancelled");
  }
  evaluation.peakMemoryBytes = peakMemoryBytes();
  VOLPRESS_CHECK(file.commit());
  keepRecord(spec, evaluation, run);
  run.progress.finish();
  return evaluation;
}

}  // namespace volpress::engine
