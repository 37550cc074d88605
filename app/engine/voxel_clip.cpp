#include "app/engine/voxel_clip.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <utility>

#include "app/engine/scene_files.hpp"
#include "compressors/container/container.hpp"
#include "compressors/fpo/fpo.hpp"
#include "renderer/software/voxel_renderer.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"
#include "scene/formats/fourier_npz.hpp"
#include "scene/formats/voxel_npz.hpp"
#include "scene/sequence/sequence_folder.hpp"

namespace volpress::engine {
namespace {

using compressors::ClipFile;
using compressors::ClipInfo;
using compressors::ClipWriter;
using compressors::RunContext;
using compressors::VoxelSequenceCodec;
using compressors::VoxelSource;
using Clock = std::chrono::steady_clock;

ClipInfo voxelClipInfo(const ClipEncodeSpec& spec, const VoxelSequenceCodec& codec,
                       const compressors::VoxelEncoder& encoder, std::size_t frames,
                       std::size_t segmentFrames, const VoxelField& first) {
  ClipInfo info;
  info.codec = codec.info().fourcc;
  info.rateNumerator = spec.framesPerSecond;
  info.frameCount = static_cast<std::uint32_t>(frames);
  info.segmentCount = static_cast<std::uint32_t>((frames + segmentFrames - 1) / segmentFrames);
  info.maxSplats = compressors::kMaxClipSplats;
  info.layerCount = encoder.layerCount();
  info.shDegree = 2;
  const OccupiedBall ball = occupiedBall(first);
  for (std::size_t axis = 0; axis < 3; ++axis) {
    info.bounds.min[axis] = ball.centre[axis] - ball.radius;
    info.bounds.max[axis] = ball.centre[axis] + ball.radius;
  }
  info.frame = AxisFrame::RightUpBack;
  info.parameters = compressors::paramsToJson(spec.params);
  info.codecInit = encoder.init();
  return info;
}

/// Decodes every frame of what was encoded; returns what they need as plain arrays.
Result<std::uint64_t> checkVoxelSegment(const compressors::VoxelDecoder& decoder,
                                        std::size_t frames, const std::vector<Bytes>& layers,
                                        RunContext& context) {
  const std::vector<ByteView> views(layers.begin(), layers.end());
  VOLPRESS_TRY(const auto decoded, decoder.openSegment(frames, views, context));
  std::uint64_t bytes = 0;
  for (std::size_t k = 0; k < frames; ++k) {
    VOLPRESS_TRY(const VoxelField field, decoded->next(context));
    VOLPRESS_CHECK(validate(field));
    bytes += plainVoxelBytes(field);
  }
  VOLPRESS_CHECK(decoded->finish());
  return bytes;
}

}  // namespace

Result<ClipEncodeReport> encodeVoxels(const ClipEncodeSpec& spec, TaskRunner& runner,
                                      Progress& progress, const std::stop_token& stop) {
  const VoxelSequenceCodec* codec = compressors::findVoxelCodec(spec.codec);
  if (codec == nullptr) {
    return fail(ErrorCode::InvalidParameter, "there is no codec \"{}\" for voxel fields",
                spec.codec);
  }
  VOLPRESS_CHECK(checkOutputPlace(spec.output));
  VOLPRESS_TRY(const auto source, openVoxelSource(spec.input));
  const std::size_t frames = source->frameCount();
  const auto segmentFrames = static_cast<std::size_t>(paramInt(spec.params, "segment_frames"));
  ClipEncodeReport report;
  report.segmentsOfClip = (frames + segmentFrames - 1) / segmentFrames;
  const SegmentRange range = spec.segments.value_or(SegmentRange{0, report.segmentsOfClip - 1});
  if (range.last >= report.segmentsOfClip) {
    return fail(ErrorCode::InvalidParameter, "segments {} to {} of a clip with segments 0 to {}",
                range.first, range.last, report.segmentsOfClip - 1);
  }
  const Clock::time_point start = Clock::now();
  Progress unseen;
  RunContext context{runner, unseen, stop};
  context.seed = spec.seed;
  VOLPRESS_TRY(const auto encoder, codec->begin(*source, spec.params, context));
  VOLPRESS_TRY(const VoxelField first, source->load(0, runner, stop));
  const ClipInfo info = voxelClipInfo(spec, *codec, *encoder, frames, segmentFrames, first);
  VOLPRESS_TRY(const auto decoder, codec->open(info.codecInit));
  VOLPRESS_TRY(ClipWriter writer, ClipWriter::create(spec.output, info));
  report.initBytes = info.codecInit.size();
  for (std::size_t index = range.first; index <= range.last; ++index) {
    const std::size_t from = index * segmentFrames;
    const std::size_t count = std::min(segmentFrames, frames - from);
    progress.report(static_cast<double>(index - range.first) /
                        static_cast<double>(range.last + 1 - range.first),
                    fmt::format("segment {}/{}", index + 1, report.segmentsOfClip));
    VOLPRESS_TRY(std::vector<Bytes> layers, encoder->encodeSegment(from, count, context));
    const Clock::time_point decoding = Clock::now();
    VOLPRESS_TRY(const std::uint64_t plain, checkVoxelSegment(*decoder, count, layers, context));
    report.decodeSeconds += secondsSince(decoding);
    report.referenceBytes += plain;
    report.frames += count;
    ++report.segments;
    VOLPRESS_CHECK(writer.add({static_cast<std::uint32_t>(index), static_cast<std::uint32_t>(from),
                               static_cast<std::uint32_t>(count), std::move(layers)}));
  }
  VOLPRESS_TRY(report.bytes, writer.finish());
  report.encodeSeconds = secondsSince(start) - report.decodeSeconds;
  report.log = std::move(context.log);
  return report;
}

Result<ClipEncodeReport> encodeFourierFile(const ClipEncodeSpec& spec, TaskRunner& runner,
                                           const std::stop_token& stop) {
  VOLPRESS_CHECK(checkOutputPlace(spec.output));
  VOLPRESS_TRY(const auto source, openVoxelSource(spec.input));
  const Clock::time_point start = Clock::now();
  Progress unseen;
  RunContext context{runner, unseen, stop};
  VOLPRESS_TRY(const FourierTree tree,
               compressors::encodeFourierTree(*source, spec.params, context));
  VOLPRESS_TRY(const Bytes bytes, formats::writeFourierFile(tree, formats::ZipPacking::Deflated));
  ClipEncodeReport report;
  report.encodeSeconds = secondsSince(start);
  report.frames = tree.frames;
  report.segments = report.segmentsOfClip = 1;
  report.bytes = bytes.size();
  const Clock::time_point decoding = Clock::now();
  for (std::uint32_t frame = 0; frame < tree.frames; ++frame) {
    report.referenceBytes += plainVoxelBytes(frameOf(tree, frame));
  }
  report.decodeSeconds = secondsSince(decoding);
  VOLPRESS_CHECK(writeFileAtomically(spec.output, bytes));
  return report;
}

Result<WrittenVoxels> writeVoxels(const VoxelSource& source, const std::filesystem::path& folder,
                                  TaskRunner& runner, Progress& progress,
                                  const std::stop_token& stop) {
  VOLPRESS_CHECK(checkOutputFolder(folder, frameName(0, ".npz")));
  WrittenVoxels written;
  const auto fill = [&](const std::filesystem::path& place) -> Result<void> {
    for (std::size_t frame = 0; frame < source.frameCount(); ++frame) {
      progress.report(static_cast<double>(frame) / static_cast<double>(source.frameCount()));
      if (stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled before frame {}", frame);
      }
      VOLPRESS_TRY(const VoxelField field, source.load(frame, runner, stop));
      VOLPRESS_TRY(const Bytes bytes, formats::writeVoxelFile(field));
      VOLPRESS_CHECK(writeFileAtomically(place / frameName(frame, ".npz"), bytes));
      written.bytes += bytes.size();
      ++written.frames;
    }
    return {};
  };
  VOLPRESS_CHECK(writeFolderAtomically(folder, fill));
  return written;
}

Result<ClipQuality> evaluateVoxels(const std::filesystem::path& reference,
                                   const std::filesystem::path& clip, const std::string& views,
                                   TaskRunner& runner, Progress& progress,
                                   const std::stop_token& stop) {
  VOLPRESS_TRY(const auto original, openVoxelSource(reference));
  VOLPRESS_TRY(const auto coded, openVoxelSource(clip));
  if (original->frameCount() != coded->frameCount()) {
    return fail(ErrorCode::InvalidParameter, "{} has {} frames, {} has {}", clip.string(),
                coded->frameCount(), reference.string(), original->frameCount());
  }
  VOLPRESS_TRY(const VoxelField first, original->load(0, runner, stop));
  VOLPRESS_TRY(const ViewSet set,
               makeVoxelViews(views == "auto" ? "orbit:4" : views, first, kVoxelMeasureSide));
  ClipQuality quality;
  quality.views = set.origin;
  quality.viewCount = set.views.size();
  quality.frameCount = coded->frameCount();
  std::error_code code;
  const auto bytes = std::filesystem::file_size(clip, code);
  quality.fileBytes = code ? 0 : bytes;
  PictureMeter meter(set.views.size(), runner);
  renderer::VoxelRenderOptions options;
  options.stop = stop;
  for (std::size_t frame = 0; frame < quality.frameCount; ++frame) {
    VOLPRESS_TRY(VoxelField wanted, original->load(frame, runner, stop));
    const Clock::time_point start = Clock::now();
    VOLPRESS_TRY(VoxelField got, coded->load(frame, runner, stop));
    quality.decodeSeconds += secondsSince(start);
    quality.referenceBytes += plainVoxelBytes(wanted);
    const renderer::VoxelPainter a(std::make_shared<const VoxelField>(std::move(wanted)));
    const renderer::VoxelPainter b(std::make_shared<const VoxelField>(std::move(got)));
    for (const View& view : set.views) {
      VOLPRESS_TRY(const auto wantedPicture, a.render(view.camera, options, runner));
      VOLPRESS_TRY(const auto gotPicture, b.render(view.camera, options, runner));
      VOLPRESS_CHECK(meter.add(wantedPicture.color, gotPicture.color));
    }
    quality.frames.push_back(meter.finishFrame(frame));
    progress.report(static_cast<double>(frame + 1) / static_cast<double>(quality.frameCount));
  }
  return quality;
}

Result<VoxelClipFacts> describeVoxelClip(const std::filesystem::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  auto clip = ClipFile::open(file.bytes());
  if (!clip) {
    return withContext(std::move(clip).error(), path.string());
  }
  VoxelClipFacts facts;
  facts.info = clip->info();
  facts.codec = compressors::voxelCodecForClip(facts.info);
  if (facts.codec == nullptr) {
    return fail(ErrorCode::UnsupportedVersion, "{}: its codec \"{}\" is not known", path.string(),
                facts.info.codec);
  }
  facts.bytes = file.bytes().size();
  for (const ClipFile::Entry& entry : clip->entries()) {
    facts.pieces.push_back(
        {entry.firstFrame, entry.frameCount,
         std::accumulate(entry.lengths.begin(), entry.lengths.end(), std::uint64_t{0})});
  }
  std::uint64_t rest = facts.bytes - clip->initBytes();
  for (std::uint32_t layer = 0; layer < facts.info.layerCount; ++layer) {
    std::uint64_t bytes = 0;
    for (const ClipFile::Entry& entry : clip->entries()) {
      bytes += entry.lengths[layer];
    }
    facts.breakdown.push_back({facts.codec->layerWords(facts.info.codecInit, layer), bytes});
    rest -= std::min(rest, bytes);
  }
  facts.breakdown.push_back({"shared by all segments", clip->initBytes()});
  facts.breakdown.push_back({"index and headers", rest});
  return facts;
}

}  // namespace volpress::engine
