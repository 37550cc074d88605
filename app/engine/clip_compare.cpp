#include "app/engine/clip_compare.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include "app/engine/clip_quality.hpp"
#include "app/engine/clip_rows.hpp"
#include "app/engine/evaluate.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/target_search.hpp"
#include "compressors/codec.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "scene/base/param_builders.hpp"
#include "scene/base/stopwatch.hpp"
#include "scene/sequence/dgs_file.hpp"
#include "scene/sequence/fourdgs_file.hpp"
#include "scene/sequence/sequence_file.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using compressors::CodecInfo;

constexpr std::string_view kFourdgs = "4dgs";
constexpr std::string_view kDgs = "dgs";

/// A format that holds all frames, but no codec of this program.
bool isInterchange(std::string_view id) { return id == kFourdgs || id == kDgs; }

/// The interchange format as a row: it has steps, but is no codec.
CodecInfo fourdgsInfo() {
  CodecInfo info;
  info.id = kFourdgs;
  info.label = ".4dgs";
  info.extension = ".4dgs";
  info.qualityKnob = "coarseness";
  info.params.push_back(numberParam<double>("coarseness", "Coarseness", "Times the usual steps.",
                                            "", "Quality", 1.0, {0.1, 64, 0, true}));
  info.params.push_back(numberParam<std::int64_t>("keyframe", "Key frame every", "Frames.",
                                                  "frames", "Stream", 20, {1, 1000, 1, false}));
  return info;
}

/// The block format of the public Unity player as a row.
CodecInfo dgsInfo() {
  CodecInfo info;
  info.id = kDgs;
  info.label = ".dgs";
  info.extension = ".dgs";
  info.params.push_back(numberParam<std::int64_t>("entries", "Codebook entries",
                                                  "Of each SH order, at most.", "entries",
                                                  "Quality", 4096, {16, 65535, 1, true}));
  info.params.push_back(numberParam<std::int64_t>("block", "Block", "Frames that share codebooks.",
                                                  "frames", "Stream", 20, {1, 64, 1, false}));
  return info;
}

/// A codec of sequences, `.4dgs`, `.dgs`, or a codec of splats that takes frame by frame.
Result<CodecInfo> clipCodecInfo(std::string_view id) {
  if (id == kFourdgs) {
    return fourdgsInfo();
  }
  if (id == kDgs) {
    return dgsInfo();
  }
  if (const compressors::SequenceCodec* codec = compressors::findSequenceCodec(id)) {
    return compressors::describeSequenceCodec(codec->info());
  }
  if (const compressors::Codec* codec = compressors::findCodec(id)) {
    if (codec->info().needsViews) {
      return fail(
          ErrorCode::InvalidParameter,
          "the codec {} learns from views of one scene; it does not compress frame by frame", id);
    }
    return codec->info();
  }
  std::string known;
  for (const compressors::SequenceCodec* codec : compressors::allSequenceCodecs()) {
    known += fmt::format("{}{}", known.empty() ? "" : ", ", codec->info().id);
  }
  return fail(
      ErrorCode::InvalidParameter,
      "there is no codec \"{}\"; for sequences there are {}, and codecs of splats, which take "
      "each frame by itself",
      id, known);
}

/// Takes "preset" or "key=value+key=value" behind a colon.
Result<void> refine(std::string_view text, const CodecInfo& info, CodecChoice& choice) {
  if (text.find('=') == std::string_view::npos) {
    choice.preset = text.empty() ? "default" : std::string(text);
    return {};
  }
  while (!text.empty()) {
    const std::size_t plus = text.find('+');
    const std::string_view one = text.substr(0, plus);
    const std::size_t equals = one.find('=');
    const ParamSpec* spec = findParam(info.params, one.substr(0, equals));
    if (spec == nullptr || equals == std::string_view::npos) {
      return fail(ErrorCode::InvalidParameter, "the codec {} has no setting \"{}\"", info.id, one);
    }
    VOLPRESS_TRY(choice.overrides[spec->id], parseParamValue(*spec, one.substr(equals + 1)));
    text = plus == std::string_view::npos ? std::string_view() : text.substr(plus + 1);
  }
  return {};
}

Result<void> addClipChoices(std::string_view part, std::vector<CodecChoice>& choices) {
  const std::size_t colon = part.find(':');
  VOLPRESS_TRY(const CodecInfo info, clipCodecInfo(part.substr(0, colon)));
  CodecChoice choice{info.id, "default"};
  std::string_view rest =
      colon == std::string_view::npos ? std::string_view() : part.substr(colon + 1);
  if (rest == "*" && !info.presets.empty()) {
    for (const ParamPreset& preset : info.presets) {
      choices.push_back({info.id, preset.id});
    }
    return {};
  }
  while (!rest.empty() && rest != "*") {
    const std::size_t next = rest.find(':');
    VOLPRESS_CHECK(refine(rest.substr(0, next), info, choice));
    rest = next == std::string_view::npos ? std::string_view() : rest.substr(next + 1);
  }
  VOLPRESS_CHECK(compressors::resolveParams(info, choice.preset, choice.overrides));
  choices.push_back(std::move(choice));
  return {};
}

/// Adds `bytes` of `name` to each of the frames [first, first + count).
void spread(ClipTimeline& timeline, const std::string& name, std::size_t first, std::size_t count,
            double bytes) {
  auto part = std::find_if(timeline.parts.begin(), timeline.parts.end(),
                           [&](const ClipPart& one) { return one.name == name; });
  if (part == timeline.parts.end()) {
    part = timeline.parts.insert(part, {name, std::vector<double>(timeline.frames, 0)});
  }
  for (std::size_t frame = first; frame < first + count; ++frame) {
    part->bytes[frame] += bytes / static_cast<double>(count);
  }
}

class ClipComparison {
public:
  ClipComparison(const CompareSpec& spec, const CompareRun& run)
      : m_spec(spec),
        m_run(run),
        m_runner(makeThreadRunner(spec.threads)),
        m_rasterizer(renderer::makeSoftwareRasterizer(*m_runner)) {}

  Result<Report> go() {
    VOLPRESS_CHECK(checkOutputFolder(m_spec.folder, "results.json"));
    VOLPRESS_CHECK(read());
    const fs::path folder =
        m_spec.folder.filename().empty() ? m_spec.folder.parent_path() : m_spec.folder;
    VOLPRESS_CHECK(
        writeFolderAtomically(folder, [this](const fs::path& place) { return fill(place); }));
    return std::move(m_report);
  }

private:
  Result<void> read() {
    VOLPRESS_TRY(m_loaded, openSequence(m_spec.input, 30));
    VOLPRESS_TRY(m_views,
                 makeClipViews(m_loaded, m_spec.views, *m_rasterizer, *m_runner, m_run.stop));
    VOLPRESS_TRY(const GaussianCloud first, m_loaded.sequence->frame(0, *m_runner, m_run.stop));
    m_frames = m_loaded.sequence->frameCount();
    m_report.seed = m_spec.seed;
    m_report.scene = fs::absolute(m_spec.input).lexically_normal().filename().string();
    if (m_report.scene.empty()) {
      m_report.scene = m_spec.input.parent_path().filename().string();
    }
    m_report.sceneFormat = m_loaded.files.formatId;
    m_report.sceneBytes = m_loaded.fileBytes;
    m_report.frames = m_frames;
    m_report.splats = first.count;
    m_report.shDegree = first.shDegree;
    m_report.referenceBytes = 0;
    m_report.viewsOrigin = m_views.origin;
    m_report.viewCount = m_views.views.size();
    m_report.drawnBy = m_rasterizer->name();
    m_shown = m_rows.shownFrames();
    return {};
  }

  Result<void> fill(const fs::path& folder) {
    return m_rows.fill(
        folder, [this](const CodecChoice& choice) { return beginRow(choice); },
        [&](const CodecChoice& choice, ReportRow& row) {
          return isInterchange(row.codec) ? runInterchange(folder, choice, row)
                 : compressors::findSequenceCodec(row.codec) != nullptr
                     ? runSequenceCodec(folder, choice, row)
                     : runFrameCodec(folder, choice, row);
        });
  }

  [[nodiscard]] Result<ReportRow> beginRow(const CodecChoice& choice) const {
    VOLPRESS_TRY(const CodecInfo info, clipCodecInfo(choice.codec));
    const std::size_t number = m_report.rows.size() + 1;
    ReportRow row;
    row.codec = choice.codec;
    const bool wholeClip = compressors::findSequenceCodec(choice.codec) != nullptr;
    row.codecLabel = info.label;
    if (choice.codec == kFourdgs) {
      row.file = fmt::format("files/{:02}.4dgs", number);
    } else if (choice.codec == kDgs) {
      row.file = fmt::format("files/{:02}/clip.dgs", number);
    } else if (wholeClip) {
      row.file = fmt::format("files/{:02}-{}.dgsv", number, choice.codec);
    } else {
      row.codecLabel += " of each frame";
    }
    nameSettings(choice, info, row);
    row.evaluation.emplace();
    row.timeline.emplace();
    row.timeline->frames = m_frames;
    return row;
  }

  /// Preset and command line of a row whose file is named.
  void nameSettings(const CodecChoice& choice, const CodecInfo& info, ReportRow& row) const {
    row.preset = choiceName(choice);
    row.command =
        choice.codec == kFourdgs
            ? fmt::format("volpress sequence convert {} -o clip.4dgs", m_spec.input.string())
        : choice.codec == kDgs
            ? fmt::format("volpress sequence convert {} -o clip --to .dgs", m_spec.input.string())
        : row.file.empty()
            ? fmt::format("volpress sequence convert {} -o frames --to {}", m_spec.input.string(),
                          info.extension)
            : fmt::format("volpress encode {} -o {} --codec {}", m_spec.input.string(),
                          fs::path(row.file).filename().string(), choice.codec);
    if (choice.preset != "default") {
      row.command += " --preset " + choice.preset;
    }
    for (const auto& [id, value] : choice.overrides) {
      row.command += fmt::format(" --set {}={}", id, formatParamValue(value));
    }
  }

  /// The settings of a choice. With a target the codec's knob is moved first, until `trial` gives
  /// that mean PSNR.
  Result<ParamSet> settle(const CodecChoice& choice, ReportRow& row,
                          const std::function<Result<double>(const ParamSet&)>& trial) {
    VOLPRESS_TRY(const CodecInfo info, clipCodecInfo(choice.codec));
    VOLPRESS_TRY(ParamSet params,
                 compressors::resolveParams(info, choice.preset, choice.overrides));
    const ParamSpec* knob = findParam(info.params, info.qualityKnob);
    if (!m_spec.psnr || knob == nullptr || !knob->range) {
      return params;
    }
    const ParamValue start = params.at(knob->id);
    const auto measure = [&](const ParamValue& value) {
      m_rows.say(row, "searching", 0);
      params[knob->id] = value;
      return trial(params);
    };
    VOLPRESS_TRY(
        const TargetOutcome outcome,
        searchTarget(*knob, start, {QualityTarget::Kind::MeanPsnr, *m_spec.psnr}, measure));
    if (!outcome.reached) {
      m_run.note(fmt::format("{}: {}", choice.codec, outcome.message));
    }
    params[knob->id] = outcome.knob;
    CodecChoice settled = choice;
    settled.overrides[knob->id] = outcome.knob;
    nameSettings(settled, info, row);
    return params;
  }

  /// Mean PSNR of the first `count` frames that `source` has, or of some of them.
  Result<double> trialQuality(std::size_t count,
                              const std::function<Result<GaussianCloud>(std::size_t)>& source) {
    constexpr std::size_t kTrialFrames = 4;
    FrameMeter frameMeter = meter();
    double sum = 0;
    const std::size_t tried = std::min(count, kTrialFrames);
    for (std::size_t k = 0; k < tried; ++k) {
      const std::size_t frame = tried < 2 ? 0 : k * (count - 1) / (tried - 1);
      VOLPRESS_TRY(GaussianCloud cloud, source(frame));
      VOLPRESS_TRY(const FrameQuality quality, frameMeter.measure(frame, std::move(cloud)));
      sum += quality.psnr;
    }
    return sum / static_cast<double>(tried);
  }

  /// Measures decoded frames and draws those that are shown.
  FrameMeter meter() { return {*m_loaded.sequence, m_views, *m_rasterizer, *m_runner, m_run.stop}; }

  Result<void> take(FrameMeter& meter, const fs::path& folder, std::size_t frame,
                    GaussianCloud&& cloud, ReportRow& row) {
    Evaluation& evaluation = *row.evaluation;
    evaluation.referenceBytes +=
        floatPlyBytes(cloud.count, std::min(cloud.shDegree, m_report.shDegree));
    evaluation.splatsOut = std::max(evaluation.splatsOut, cloud.count);
    const auto place = std::find(m_shown.begin(), m_shown.end(), frame);
    const FrameVisitor visitor = [&](std::size_t, std::size_t view, const Image& reference,
                                     const Image& result) -> Result<void> {
      return view == 0
                 ? m_rows.addPictures(folder, static_cast<std::size_t>(place - m_shown.begin()),
                                      frame, reference, result, row)
                 : Result<void>();
    };
    VOLPRESS_TRY(
        const FrameQuality quality,
        meter.measure(frame, std::move(cloud), place == m_shown.end() ? FrameVisitor() : visitor));
    ClipRows::addFrame(quality, row);
    m_rows.say(row, "measuring",
               0.3 + 0.7 * static_cast<double>(frame + 1) / static_cast<double>(m_frames));
    return {};
  }

  Result<void> runSequenceCodec(const fs::path& folder, const CodecChoice& choice, ReportRow& row) {
    ClipEncodeSpec spec;
    spec.input = m_spec.input;
    spec.output = folder / row.file;
    spec.codec = choice.codec;
    spec.seed = m_spec.seed;
    const auto trial = [&](const ParamSet& params) -> Result<double> {
      ClipEncodeSpec one = spec;
      one.output = folder / "trial.dgsv";
      one.params = params;
      one.segments = SegmentRange{0, 0};
      StagedProgress unseen;
      VOLPRESS_TRY(const ClipEncodeReport encoded, encodeClip(one, *m_runner, unseen, m_run.stop));
      VOLPRESS_TRY(const OpenClip clip, OpenClip::open(one.output, *m_runner, m_run.stop));
      fs::remove(one.output);
      return trialQuality(encoded.frames, [&](std::size_t frame) {
        return clip.frame(frame, *m_runner, m_run.stop);
      });
    };
    VOLPRESS_TRY(spec.params, settle(choice, row, trial));
    StagedProgress progress;
    m_rows.say(row, "encoding", 0);
    VOLPRESS_TRY(const ClipEncodeReport encoded, encodeClip(spec, *m_runner, progress, m_run.stop));
    VOLPRESS_TRY(const OpenClip clip, OpenClip::open(spec.output, *m_runner, m_run.stop));
    Evaluation& evaluation = *row.evaluation;
    evaluation.fileBytes = clip.bytes();
    evaluation.splatsIn = m_report.splats;
    evaluation.encodeSeconds = encoded.encodeSeconds;
    VOLPRESS_CHECK(accountClip(clip, row));
    FrameMeter frameMeter = meter();
    Clock::time_point resumed = Clock::now();
    const compressors::FrameSink sink = [&](std::size_t frame, GaussianCloud&& cloud) {
      evaluation.decodeSeconds += secondsSince(resumed);
      auto taken = take(frameMeter, folder, frame, std::move(cloud), row);
      resumed = Clock::now();
      return taken;
    };
    for (std::size_t entry = 0; entry < clip.file().entries().size(); ++entry) {
      resumed = Clock::now();
      VOLPRESS_CHECK(clip.decode(entry, compressors::kMaxLayers, *m_runner, m_run.stop, sink));
    }
    return {};
  }

  /// Bytes of each part over time: those of a segment are spread over its frames.
  static Result<void> accountClip(const OpenClip& clip, ReportRow& row) {
    std::uint64_t listed = 0;
    for (std::size_t entry = 0; entry < clip.file().entries().size(); ++entry) {
      const auto& segment = clip.file().entries()[entry];
      VOLPRESS_TRY(const std::vector<ByteView> layers, clip.file().layers(entry));
      VOLPRESS_TRY(const auto shares,
                   clip.codec().breakdown(clip.info(), segment.frameCount, layers));
      for (const formats::ByteShare& share : shares) {
        spread(*row.timeline, share.name, segment.firstFrame, segment.frameCount,
               static_cast<double>(share.bytes));
        compressors::addShare(row.evaluation->breakdown, share.name, share.bytes);
        listed += share.bytes;
      }
    }
    const std::uint64_t shared = clip.bytes() - listed;
    spread(*row.timeline, "shared by all frames", 0, row.timeline->frames,
           static_cast<double>(shared));
    compressors::addShare(row.evaluation->breakdown, "shared by all frames", shared);
    return {};
  }

  /// Writes the file, or the file and the folder beside it, that `row` names.
  Result<std::uint64_t> writeInterchange(const fs::path& folder, const ReportRow& row,
                                         const ParamSet& params) {
    Progress unseen;
    const fs::path path = folder / row.file;
    if (row.codec == kFourdgs) {
      fourdgs::WriteOptions options;
      options.coarseness = paramReal(params, "coarseness");
      options.keyframeEvery = static_cast<std::size_t>(paramInt(params, "keyframe"));
      return fourdgs::writeFourdgs(*m_loaded.sequence, path, options, *m_runner, unseen,
                                   m_run.stop);
    }
    DgsOptions options;
    options.entries = static_cast<std::size_t>(paramInt(params, "entries"));
    options.blockFrames = static_cast<std::size_t>(paramInt(params, "block"));
    options.seed = m_spec.seed;
    fs::create_directories(path.parent_path());
    return writeDgs(*m_loaded.sequence, path.parent_path(), options, *m_runner, unseen, m_run.stop);
  }

  Result<void> runInterchange(const fs::path& folder, const CodecChoice& choice, ReportRow& row) {
    const auto encode = [&](const ParamSet& params) {
      return writeInterchange(folder, row, params);
    };
    const auto trial = [&](const ParamSet& params) -> Result<double> {
      VOLPRESS_CHECK(encode(params));
      VOLPRESS_TRY(const OpenedSequenceFile opened, openSequenceFile(folder / row.file));
      return trialQuality(m_frames, [&](std::size_t frame) {
        return opened.frames->load(frame, *m_runner, m_run.stop);
      });
    };
    VOLPRESS_TRY(const ParamSet params, settle(choice, row, trial));
    Evaluation& evaluation = *row.evaluation;
    evaluation.splatsIn = m_report.splats;
    const Clock::time_point start = Clock::now();
    VOLPRESS_TRY(evaluation.fileBytes, encode(params));
    evaluation.encodeSeconds = secondsSince(start);
    compressors::addShare(evaluation.breakdown, "all", evaluation.fileBytes);
    spread(*row.timeline, "all", 0, m_frames, static_cast<double>(evaluation.fileBytes));
    VOLPRESS_TRY(const OpenedSequenceFile opened, openSequenceFile(folder / row.file));
    FrameMeter frameMeter = meter();
    for (std::size_t frame = 0; frame < m_frames; ++frame) {
      const Clock::time_point loading = Clock::now();
      VOLPRESS_TRY(GaussianCloud cloud, opened.frames->load(frame, *m_runner, m_run.stop));
      evaluation.decodeSeconds += secondsSince(loading);
      VOLPRESS_CHECK(take(frameMeter, folder, frame, std::move(cloud), row));
    }
    return {};
  }

  Result<void> runFrameCodec(const fs::path& folder, const CodecChoice& choice, ReportRow& row) {
    const compressors::Codec* codec = compressors::findCodec(choice.codec);
    Progress unseen;
    compressors::RunContext context{*m_runner, unseen, m_run.stop};
    context.seed = m_spec.seed;
    const auto trial = [&](const ParamSet& params) {
      return trialQuality(1, [&](std::size_t frame) -> Result<GaussianCloud> {
        VOLPRESS_TRY(GaussianCloud cloud, m_loaded.sequence->frame(frame, *m_runner, m_run.stop));
        VOLPRESS_TRY(const Bytes bytes, codec->encode(Scene(std::move(cloud)), params, context));
        VOLPRESS_TRY(Scene decoded, codec->decode(bytes, context));
        return std::get<GaussianCloud>(std::move(decoded));
      });
    };
    VOLPRESS_TRY(const ParamSet params, settle(choice, row, trial));
    Evaluation& evaluation = *row.evaluation;
    evaluation.splatsIn = m_report.splats;
    FrameMeter frameMeter = meter();
    for (std::size_t frame = 0; frame < m_frames; ++frame) {
      VOLPRESS_TRY(GaussianCloud cloud, m_loaded.sequence->frame(frame, *m_runner, m_run.stop));
      const Scene scene = std::move(cloud);
      const Clock::time_point start = Clock::now();
      VOLPRESS_TRY(const Bytes bytes, codec->encode(scene, params, context));
      evaluation.encodeSeconds += secondsSince(start);
      const Clock::time_point encoded = Clock::now();
      VOLPRESS_TRY(Scene decoded, codec->decode(bytes, context));
      evaluation.decodeSeconds += secondsSince(encoded);
      evaluation.fileBytes += bytes.size();
      VOLPRESS_TRY(const auto shares, codec->breakdown(bytes));
      for (const formats::ByteShare& share : shares) {
        spread(*row.timeline, share.name, frame, 1, static_cast<double>(share.bytes));
        compressors::addShare(evaluation.breakdown, share.name, share.bytes);
      }
      VOLPRESS_CHECK(
          take(frameMeter, folder, frame, std::get<GaussianCloud>(std::move(decoded)), row));
    }
    return {};
  }

  const CompareSpec& m_spec;
  const CompareRun& m_run;
  std::unique_ptr<TaskRunner> m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  LoadedSequence m_loaded;
  ViewSet m_views;
  std::size_t m_frames = 0;
  std::vector<std::size_t> m_shown;  ///< frames of which there are pictures, ascending
  Report m_report;
  ClipRows m_rows{m_spec, m_run, *m_runner, m_report};
};

}  // namespace

Result<std::vector<CodecChoice>> parseClipChoices(std::string_view text) {
  std::vector<CodecChoice> choices;
  if (text.empty()) {
    for (const compressors::SequenceCodec* codec : compressors::allSequenceCodecs()) {
      choices.push_back({codec->info().id, "default"});
    }
    choices.push_back({"sog", "default"});
    choices.push_back({"spz", "default"});
    return choices;
  }
  return parseEachChoice(text, addClipChoices);
}

Result<Report> runClipCompare(const CompareSpec& spec, const CompareRun& run) {
  return ClipComparison(spec, run).go();
}

}  // namespace volpress::engine
