#include "app/engine/sequence_job.hpp"

#include <filesystem>
#include <limits>
#include <memory>
#include <optional>
#include <utility>

#include "app/engine/clip_files.hpp"
#include "app/engine/clip_quality.hpp"
#include "app/engine/evaluate.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/voxel_clip.hpp"
#include "scene/base/files.hpp"
#include "scene/sequence/sequence_folder.hpp"

namespace volpress::engine {
namespace {

/// A codec of splats over time, or of voxel fields.
struct MovingCodec {
  compressors::CodecInfo info;
  bool ofVoxels = false;
};

std::optional<MovingCodec> movingCodecOf(const std::string& id) {
  if (const compressors::SequenceCodec* codec = compressors::findSequenceCodec(id)) {
    return MovingCodec{compressors::describeSequenceCodec(codec->info()), false};
  }
  if (const compressors::VoxelSequenceCodec* codec = compressors::findVoxelCodec(id)) {
    return MovingCodec{compressors::describeSequenceCodec(codec->info()), true};
  }
  return std::nullopt;
}

Result<void> checkInput(const JobSpec& spec, const MovingCodec& codec) {
  const std::string& label = codec.info.label;
  if (!spec.edits.empty() || !spec.photos.dataset.empty() || spec.level != 0 || spec.target) {
    return fail(ErrorCode::InvalidParameter,
                "{} compresses sequences, which have no edits, photographs, levels or targets yet; "
                "leave them away",
                label);
  }
  if (codec.ofVoxels != isVoxelScene(spec.input)) {
    return fail(ErrorCode::InvalidParameter, "{}: is {} voxel field, and {} is for {}",
                spec.input.string(), codec.ofVoxels ? "no" : "a", label,
                codec.ofVoxels ? "those" : "splats");
  }
  if (!codec.ofVoxels && !looksLikeSequence(spec.input)) {
    return fail(ErrorCode::InvalidParameter,
                "{}: {} compresses a folder of numbered frames; decode a clip into one first",
                spec.input.string(), label);
  }
  return {};
}

void addQuality(const ClipQuality& quality, Evaluation& evaluation) {
  constexpr double kNotMeasured = std::numeric_limits<double>::quiet_NaN();
  for (const FrameQuality& frame : quality.frames) {
    evaluation.views.push_back({fmt::format("frame {}", frame.frame), false, frame.psnr, frame.ssim,
                                kNotMeasured, kNotMeasured});
  }
}

}  // namespace

bool isSequenceJob(const JobSpec& spec) { return movingCodecOf(spec.codec).has_value(); }

Result<Evaluation> runSequenceJob(const JobSpec& spec, JobRun& run) {
  const MovingCodec codec = *movingCodecOf(spec.codec);
  VOLPRESS_CHECK(checkInput(spec, codec));
  ClipEncodeSpec encode;
  encode.input = spec.input;
  encode.codec = spec.codec;
  encode.seed = spec.seed;
  VOLPRESS_TRY(encode.params, compressors::resolveParams(codec.info, spec.preset, spec.overrides));
  VOLPRESS_CHECK(checkOutputPlace(spec.output));
  const std::unique_ptr<TaskRunner> runner = makeThreadRunner(spec.threads);
  std::vector<Progress::Stage> stages =
      codec.ofVoxels ? std::vector<Progress::Stage>{{"encoding", 20}} : clipEncodeStages();
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
               codec.ofVoxels ? encodeVoxels(encode, *runner, run.progress.enter(0), run.stop)
                              : encodeClip(encode, *runner, run.progress, run.stop, 0));
  for (const std::string& line : report.log) {
    run.log(line);
  }
  Evaluation evaluation;
  evaluation.encodeSeconds = report.encodeSeconds;
  evaluation.decodeSeconds = report.decodeSeconds;
  evaluation.fileBytes = report.bytes;
  evaluation.referenceBytes = report.referenceBytes;
  if (codec.ofVoxels) {
    VOLPRESS_TRY(const VoxelClipFacts facts, describeVoxelClip(encode.output));
    evaluation.breakdown = facts.breakdown;
  } else {
    VOLPRESS_TRY(const OpenClip clip, OpenClip::open(encode.output, *runner, run.stop));
    evaluation.splatsIn = clip.info().maxSplats;
    evaluation.splatsOut = clip.info().maxSplats;
    evaluation.breakdown = clipBreakdown(clip);
  }
  if (run.measure) {
    VOLPRESS_TRY(const ClipQuality quality,
                 codec.ofVoxels
                     ? evaluateVoxels(spec.input, encode.output, spec.views, *runner,
                                      run.progress.enter(measuring + 1), run.stop)
                     : evaluateClip(spec.input, encode.output, spec.views, compressors::kMaxLayers,
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
