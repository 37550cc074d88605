#include "app/engine/clip_files.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <map>

#include "app/engine/scene_files.hpp"
#include "compressors/container/container.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"
#include "scene/formats/format.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using compressors::ClipFile;
using compressors::ClipInfo;
using compressors::ClipPlan;
using compressors::ClipSegment;
using compressors::ClipWriter;
using compressors::RunContext;
using compressors::SequenceCodec;
using Clock = std::chrono::steady_clock;

ClipInfo infoOf(const ClipEncodeSpec& spec, const SequenceCodec& codec, const ClipPlan& plan,
                const compressors::ClipEncoder& encoder) {
  ClipInfo info;
  info.codec = codec.info().fourcc;
  info.rateNumerator = spec.framesPerSecond;
  info.frameCount = static_cast<std::uint32_t>(plan.frameCount);
  info.segmentCount = static_cast<std::uint32_t>(plan.segments.size());
  info.maxSplats = static_cast<std::uint32_t>(plan.maxSplats);
  info.layerCount = encoder.layerCount();
  info.shDegree = plan.shDegree;
  info.frame = plan.frame;
  info.filter = plan.filter;
  info.bounds = plan.bounds;
  info.parameters = compressors::paramsToJson(spec.params);
  info.codecInit = encoder.init();
  return info;
}

/// Decodes what was encoded, and counts its frames.
Result<void> checkSegment(const compressors::ClipDecoder& decoder, const ClipPlan::Segment& segment,
                          const std::vector<Bytes>& layers, RunContext& context) {
  std::size_t frames = 0;
  const std::vector<ByteView> views(layers.begin(), layers.end());
  VOLPRESS_CHECK(
      decoder.decodeSegment(segment.firstFrame, segment.frameCount, views, context,
                            [&frames](std::size_t, GaussianCloud&& cloud) -> Result<void> {
                              ++frames;
                              return validate(cloud);
                            }));
  if (frames != segment.frameCount) {
    return fail(ErrorCode::Internal, "a segment of {} frames decodes to {}", segment.frameCount,
                frames);
  }
  return {};
}

Result<const SequenceCodec*> codecOf(const ClipEncodeSpec& spec) {
  const SequenceCodec* codec = compressors::findSequenceCodec(spec.codec);
  if (codec == nullptr) {
    return fail(ErrorCode::InvalidParameter, "there is no codec \"{}\" for sequences", spec.codec);
  }
  return codec;
}

Result<ClipPlan> planOf(const ClipEncodeSpec& spec, const SequenceCodec& codec,
                        GaussianSequence& sequence, RunContext& context) {
  const auto segmentFrames = static_cast<std::size_t>(paramInt(spec.params, "segment_frames"));
  return compressors::planClip(sequence, segmentFrames, codec.info().needsOrder, context);
}

}  // namespace

Result<SegmentRange> parseSegmentRange(const std::string& text) {
  SegmentRange range;
  const char* end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, range.first);
  range.last = range.first;
  if (read.ec == std::errc() && read.ptr != end && *read.ptr == '-') {
    read = std::from_chars(read.ptr + 1, end, range.last);
  }
  if (read.ec != std::errc() || read.ptr != end || range.last < range.first) {
    return fail(ErrorCode::InvalidParameter, "--segment takes A-B or A, such as 0-3, not \"{}\"",
                text);
  }
  return range;
}

Result<std::size_t> countSegments(const ClipEncodeSpec& spec, TaskRunner& runner,
                                  Progress& progress, const std::stop_token& stop) {
  VOLPRESS_TRY(const SequenceCodec* codec, codecOf(spec));
  VOLPRESS_TRY(const LoadedSequence loaded, openSequence(spec.input, spec.framesPerSecond));
  RunContext context{runner, progress, stop};
  VOLPRESS_TRY(const ClipPlan plan, planOf(spec, *codec, *loaded.sequence, context));
  return plan.segments.size();
}

std::vector<Progress::Stage> clipEncodeStages() {
  return {{"looking at the frames", 2}, {"describing the splats", 1}, {"encoding", 20}};
}

Result<ClipEncodeReport> encodeClip(const ClipEncodeSpec& spec, TaskRunner& runner,
                                    StagedProgress& progress, const std::stop_token& stop,
                                    std::optional<std::size_t> firstStage) {
  VOLPRESS_TRY(const SequenceCodec* codec, codecOf(spec));
  VOLPRESS_CHECK(checkOutputPlace(spec.output));
  if (!firstStage) {
    progress.setStages(clipEncodeStages());
  }
  const std::size_t stage = firstStage.value_or(0);
  VOLPRESS_TRY(const LoadedSequence loaded, openSequence(spec.input, spec.framesPerSecond));
  ClipEncodeReport report;
  RunContext planning{runner, progress.enter(stage), stop};
  VOLPRESS_TRY(const ClipPlan plan, planOf(spec, *codec, *loaded.sequence, planning));
  report.segmentsOfClip = plan.segments.size();
  const SegmentRange range = spec.segments.value_or(SegmentRange{0, plan.segments.size() - 1});
  if (range.last >= plan.segments.size()) {
    return fail(ErrorCode::InvalidParameter, "segments {} to {} of a clip with segments 0 to {}",
                range.first, range.last, plan.segments.size() - 1);
  }
  const Clock::time_point start = Clock::now();
  RunContext beginning{runner, progress.enter(stage + 1), stop};
  beginning.seed = spec.seed;
  VOLPRESS_TRY(const auto encoder, codec->begin(*loaded.sequence, plan, spec.params, beginning));
  const ClipInfo info = infoOf(spec, *codec, plan, *encoder);
  VOLPRESS_TRY(const auto decoder, codec->open(info, beginning));
  VOLPRESS_TRY(ClipWriter writer, ClipWriter::create(spec.output, info));
  report.initBytes = info.codecInit.size();
  Progress& encoding = progress.enter(stage + 2);
  Progress unseen;
  RunContext context{runner, unseen, stop};
  context.seed = spec.seed;
  for (std::size_t index = range.first; index <= range.last; ++index) {
    const ClipPlan::Segment& segment = plan.segments[index];
    encoding.report(static_cast<double>(index - range.first) /
                        static_cast<double>(range.last + 1 - range.first),
                    fmt::format("segment {}/{}", index + 1, plan.segments.size()));
    VOLPRESS_TRY(std::vector<Bytes> layers, encoder->encodeSegment(index, context));
    const Clock::time_point decoding = Clock::now();
    VOLPRESS_CHECK(checkSegment(*decoder, segment, layers, context));
    report.decodeSeconds += secondsSince(decoding);
    report.frames += segment.frameCount;
    report.referenceBytes +=
        segment.frameCount * floatPlyBytes(plan.runs[segment.run].splats, plan.shDegree);
    ++report.segments;
    VOLPRESS_CHECK(writer.add({static_cast<std::uint32_t>(index),
                               static_cast<std::uint32_t>(segment.firstFrame),
                               static_cast<std::uint32_t>(segment.frameCount), std::move(layers)}));
  }
  VOLPRESS_TRY(report.bytes, writer.finish());
  report.encodeSeconds = secondsSince(start) - report.decodeSeconds;
  report.log = std::move(context.log);
  if (!firstStage) {
    progress.finish();
  }
  return report;
}

Result<std::uint64_t> joinClips(const std::vector<fs::path>& parts, const fs::path& output) {
  VOLPRESS_CHECK(checkOutputPlace(output));
  struct Part {
    MappedFile file;
    ClipFile clip;
  };
  std::vector<Part> opened;
  std::map<std::uint32_t, std::pair<std::size_t, std::size_t>> places;  // index: part, entry
  Bytes init;  // FTYP and INIT of the first part
  for (const fs::path& path : parts) {
    VOLPRESS_TRY(MappedFile file, MappedFile::open(path));
    auto clip = ClipFile::open(file.bytes());
    if (!clip) {
      return withContext(std::move(clip).error(), path.string());
    }
    Bytes own(clip->typeRecord().begin(), clip->typeRecord().end());
    own.insert(own.end(), clip->initRecord().begin(), clip->initRecord().end());
    if (opened.empty()) {
      init = std::move(own);
    } else if (own != init) {
      return fail(ErrorCode::InvalidParameter,
                  "{}: is not a part of the same encode as {}: frames or settings differ",
                  path.string(), parts.front().string());
    }
    opened.push_back({std::move(file), std::move(*clip)});
    for (std::size_t e = 0; e < opened.back().clip.entries().size(); ++e) {
      places.emplace(opened.back().clip.entries()[e].index, std::pair(opened.size() - 1, e));
    }
  }
  if (opened.empty()) {
    return fail(ErrorCode::InvalidParameter, "name the parts to join");
  }
  const ClipInfo& info = opened.front().clip.info();
  if (places.size() != info.segmentCount) {
    std::uint32_t missing = 0;
    while (places.count(missing) != 0) {
      ++missing;
    }
    return fail(ErrorCode::InvalidParameter,
                "{} of {} segments are missing, the first is {}: encode it with --segment {}",
                info.segmentCount - places.size(), info.segmentCount, missing, missing);
  }
  VOLPRESS_TRY(ClipWriter writer, ClipWriter::create(output, info));
  for (const auto& [index, place] : places) {
    const ClipFile& clip = opened[place.first].clip;
    const ClipFile::Entry& entry = clip.entries()[place.second];
    auto views = clip.layers(place.second);
    if (!views || views->size() != info.layerCount) {
      return fail(ErrorCode::CorruptData, "{}: segment {} is damaged", parts[place.first].string(),
                  index);
    }
    ClipSegment segment{index, entry.firstFrame, entry.frameCount, {}};
    for (const ByteView view : *views) {
      segment.layers.emplace_back(view.begin(), view.end());
    }
    VOLPRESS_CHECK(writer.add(segment));
  }
  return writer.finish();
}

bool isClipFile(const fs::path& path) {
  const auto file = MappedFile::open(path);
  return file &&
         compressors::isClip(file->bytes().first(std::min<std::size_t>(file->bytes().size(), 64)));
}

Result<OpenClip> OpenClip::open(const fs::path& path, TaskRunner& runner,
                                const std::stop_token& stop) {
  VOLPRESS_TRY(MappedFile file, MappedFile::open(path));
  auto clip = ClipFile::open(file.bytes());
  if (!clip) {
    return withContext(std::move(clip).error(), path.string());
  }
  OpenClip opened(std::move(file), std::move(*clip));
  opened.m_codec = compressors::sequenceCodecForClip(opened.info());
  if (opened.m_codec == nullptr) {
    return fail(ErrorCode::UnsupportedVersion, "{}: its codec \"{}\" is not known", path.string(),
                opened.info().codec);
  }
  Progress unseen;
  RunContext context{runner, unseen, stop};
  auto decoder = opened.m_codec->open(opened.info(), context);
  if (!decoder) {
    return withContext(std::move(decoder).error(), path.string());
  }
  opened.m_decoder = std::move(*decoder);
  return opened;
}

Result<void> OpenClip::decode(std::size_t entry, std::size_t layers, TaskRunner& runner,
                              const std::stop_token& stop,
                              const compressors::FrameSink& sink) const {
  const ClipFile::Entry& listed = m_clip.entries()[entry];
  VOLPRESS_TRY(const std::vector<ByteView> views,
               m_clip.layers(entry, std::max<std::size_t>(1, layers)));
  Progress unseen;
  RunContext context{runner, unseen, stop};
  auto done = m_decoder->decodeSegment(listed.firstFrame, listed.frameCount, views, context, sink);
  if (!done) {
    return withContext(std::move(done).error(), fmt::format("segment {}", listed.index));
  }
  return {};
}

std::vector<formats::ByteShare> clipBreakdown(const OpenClip& clip) {
  std::vector<formats::ByteShare> shares;
  std::uint64_t rest = clip.bytes() - clip.file().initBytes();
  for (std::uint32_t layer = 0; layer < clip.info().layerCount; ++layer) {
    std::uint64_t bytes = 0;
    for (const ClipFile::Entry& entry : clip.file().entries()) {
      bytes += entry.lengths[layer];
    }
    shares.push_back({compressors::layerWords(clip.info(), layer), bytes});
    rest -= std::min(rest, bytes);
  }
  shares.push_back({"shared by all segments", clip.file().initBytes()});
  shares.push_back({"index and headers", rest});
  return shares;
}

Result<std::size_t> OpenClip::entryAt(std::size_t frame) const {
  const auto& entries = m_clip.entries();
  const auto found = std::find_if(entries.begin(), entries.end(), [frame](const auto& entry) {
    return frame >= entry.firstFrame && frame - entry.firstFrame < entry.frameCount;
  });
  if (found == entries.end()) {
    return fail(ErrorCode::InvalidParameter, "frame {} is not in the clip", frame);
  }
  return static_cast<std::size_t>(found - entries.begin());
}

Result<GaussianCloud> OpenClip::frame(std::size_t frame, TaskRunner& runner,
                                      const std::stop_token& stop, std::size_t layers) const {
  VOLPRESS_TRY(const std::size_t entry, entryAt(frame));
  const ClipFile::Entry& listed = m_clip.entries()[entry];
  VOLPRESS_TRY(const std::vector<ByteView> views,
               m_clip.layers(entry, std::max<std::size_t>(1, layers)));
  Progress unseen;
  RunContext context{runner, unseen, stop};
  VOLPRESS_TRY(const auto frames,
               m_decoder->openSegment(listed.firstFrame, listed.frameCount, views, context));
  for (std::size_t before = listed.firstFrame; before < frame; ++before) {
    VOLPRESS_CHECK(frames->skip(context));
  }
  return frames->next(context);
}

Result<WrittenSequence> decodeClip(const fs::path& input, const fs::path& folder,
                                   const std::string& extension, std::size_t layers,
                                   TaskRunner& runner, Progress& progress,
                                   const std::stop_token& stop) {
  VOLPRESS_TRY(const OpenClip clip, OpenClip::open(input, runner, stop));
  const formats::Format* format = formats::formatForName("frame" + extension);
  if (format == nullptr || !format->info().writes) {
    return fail(ErrorCode::InvalidParameter, "frames cannot be written as \"{}\"", extension);
  }
  VOLPRESS_TRY(const ParamSet params, completeParams(format->info().writeParams, {}));
  VOLPRESS_CHECK(checkOutputFolder(folder, frameName(0, extension)));
  WrittenSequence written;
  const auto writeFrame = [&](const fs::path& place, std::size_t frame,
                              const GaussianCloud& cloud) -> Result<void> {
    Progress unseen;
    formats::IoContext context{runner, unseen, stop, {}};
    VOLPRESS_TRY(const std::uint64_t bytes,
                 formats::saveCloud(place / frameName(frame, extension), cloud, params, context));
    written.bytes += bytes;
    ++written.frames;
    progress.report(static_cast<double>(written.frames) /
                    static_cast<double>(clip.info().frameCount));
    return {};
  };
  const auto fill = [&](const fs::path& place) -> Result<void> {
    for (std::size_t entry = 0; entry < clip.file().entries().size(); ++entry) {
      VOLPRESS_CHECK(
          clip.decode(entry, layers, runner, stop, [&](std::size_t frame, GaussianCloud&& cloud) {
            return writeFrame(place, frame, cloud);
          }));
    }
    return {};
  };
  VOLPRESS_CHECK(writeFolderAtomically(folder, fill));
  return written;
}

}  // namespace volpress::engine
