#include "app/engine/voxel_compare.hpp"

#include <utility>

#include "app/engine/clip_rows.hpp"
#include "app/engine/voxel_clip.hpp"
#include "renderer/software/voxel_renderer.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

const compressors::VoxelSequenceCodec* voxelCodecOf(const CodecChoice& choice) {
  return compressors::findVoxelCodec(choice.codec);
}

Result<void> addVoxelChoice(std::string_view part, std::vector<CodecChoice>& choices) {
  const std::size_t colon = part.find(':');
  CodecChoice choice{std::string(part.substr(0, colon)), colon == std::string_view::npos
                                                             ? "default"
                                                             : std::string(part.substr(colon + 1))};
  const compressors::VoxelSequenceCodec* codec = voxelCodecOf(choice);
  if (codec == nullptr) {
    std::string known;
    for (const compressors::VoxelSequenceCodec* one : compressors::allVoxelCodecs()) {
      known += (known.empty() ? "" : ", ") + one->info().id;
    }
    return fail(ErrorCode::InvalidParameter,
                "there is no codec \"{}\"; for voxel fields there are {}", choice.codec, known);
  }
  VOLPRESS_CHECK(compressors::resolveParams(compressors::describeSequenceCodec(codec->info()),
                                            choice.preset, {}));
  choices.push_back(std::move(choice));
  return {};
}

class VoxelComparison {
public:
  VoxelComparison(const CompareSpec& spec, const CompareRun& run)
      : m_spec(spec), m_run(run), m_runner(makeThreadRunner(spec.threads)) {}

  Result<Report> go() {
    VOLPRESS_CHECK(checkOutputFolder(m_spec.folder, "results.json"));
    VOLPRESS_TRY(const auto source, openVoxelSource(m_spec.input));
    auto first = source->load(0, *m_runner, m_run.stop);
    if (!first) {
      return tl::unexpected<Error>(std::move(first).error());
    }
    VOLPRESS_TRY(m_views, makeVoxelViews(m_spec.views == "auto" ? "orbit:4" : m_spec.views, *first,
                                         kVoxelMeasureSide));
    VOLPRESS_TRY(m_report.sceneBytes, voxelFileBytes(m_spec.input));
    m_report.scene = std::filesystem::absolute(m_spec.input).lexically_normal().filename().string();
    m_report.sceneFormat = "npz";
    m_report.frames = source->frameCount();
    m_report.fieldParameters = plainVoxelBytes(*first) / 2;
    m_report.viewsOrigin = m_views.origin;
    m_report.viewCount = m_views.views.size();
    m_report.drawnBy = "software";
    m_report.seed = m_spec.seed;
    VOLPRESS_CHECK(writeFolderAtomically(
        m_spec.folder, [this](const std::filesystem::path& place) { return fill(place); }));
    return std::move(m_report);
  }

private:
  Result<void> fill(const std::filesystem::path& folder) {
    return m_rows.fill(
        folder, [this](const CodecChoice& choice) -> Result<ReportRow> { return begin(choice); },
        [&](const CodecChoice& choice, ReportRow& row) { return measure(folder, choice, row); });
  }

  [[nodiscard]] ReportRow begin(const CodecChoice& choice) const {
    ReportRow row;
    row.codec = choice.codec;
    row.codecLabel = voxelCodecOf(choice)->info().label;
    row.preset = choice.preset;
    row.file = fmt::format("files/{:02}-{}.dgsv", m_report.rows.size() + 1, choice.codec);
    row.command = fmt::format("volpress encode {} -o {} --codec {}{}", m_spec.input.string(),
                              std::filesystem::path(row.file).filename().string(), choice.codec,
                              choice.preset == "default" ? "" : " --preset " + choice.preset);
    row.evaluation.emplace();
    row.timeline.emplace();
    row.timeline->frames = m_report.frames;
    return row;
  }

  Result<void> measure(const std::filesystem::path& folder, const CodecChoice& choice,
                       ReportRow& row) {
    ClipEncodeSpec encode;
    encode.input = m_spec.input;
    encode.output = folder / row.file;
    encode.codec = choice.codec;
    encode.seed = m_spec.seed;
    VOLPRESS_TRY(
        encode.params,
        compressors::resolveParams(compressors::describeSequenceCodec(voxelCodecOf(choice)->info()),
                                   choice.preset, {}));
    m_rows.say(row, "encoding", 0);
    Progress unseen;
    VOLPRESS_TRY(const ClipEncodeReport encoded,
                 encodeVoxels(encode, *m_runner, unseen, m_run.stop));
    Evaluation& evaluation = *row.evaluation;
    evaluation.encodeSeconds = encoded.encodeSeconds;
    VOLPRESS_TRY(const VoxelClipFacts facts, describeVoxelClip(encode.output));
    evaluation.fileBytes = facts.bytes;
    evaluation.breakdown = facts.breakdown;
    for (const formats::ByteShare& share : facts.breakdown) {
      const double each = static_cast<double>(share.bytes) / static_cast<double>(m_report.frames);
      row.timeline->parts.push_back({share.name, std::vector<double>(m_report.frames, each)});
    }
    m_rows.say(row, "measuring", 0.4);
    VOLPRESS_TRY(
        const ClipQuality quality,
        evaluateVoxels(m_spec.input, encode.output, m_spec.views, *m_runner, unseen, m_run.stop));
    evaluation.decodeSeconds = quality.decodeSeconds;
    evaluation.referenceBytes = quality.referenceBytes;
    for (const FrameQuality& frame : quality.frames) {
      ClipRows::addFrame(frame, row);
    }
    return draw(folder, encode.output, row);
  }

  /// Pictures of some frames from the first view.
  Result<void> draw(const std::filesystem::path& folder, const std::filesystem::path& clip,
                    ReportRow& row) {
    VOLPRESS_TRY(const auto original, openVoxelSource(m_spec.input));
    VOLPRESS_TRY(const auto coded, openVoxelSource(clip));
    const std::vector<std::size_t> shown = m_rows.shownFrames();
    for (std::size_t i = 0; i < shown.size(); ++i) {
      VOLPRESS_TRY(const Image wanted, picture(*original, shown[i]));
      VOLPRESS_TRY(const Image got, picture(*coded, shown[i]));
      VOLPRESS_CHECK(m_rows.addPictures(folder, i, shown[i], wanted, got, row));
    }
    return {};
  }

  Result<Image> picture(const compressors::VoxelSource& source, std::size_t frame) {
    auto field = source.load(frame, *m_runner, m_run.stop);
    if (!field) {
      return tl::unexpected<Error>(std::move(field).error());
    }
    const renderer::VoxelPainter painter(std::make_shared<const VoxelField>(std::move(*field)));
    renderer::VoxelRenderOptions options;
    options.stop = m_run.stop;
    constexpr std::size_t kSide = 256;
    VOLPRESS_TRY(
        renderer::RenderResult drawn,
        painter.render(resized(m_views.views.front().camera, kSide, kSide), options, *m_runner));
    return std::move(drawn.color);
  }

  const CompareSpec& m_spec;
  const CompareRun& m_run;
  std::unique_ptr<TaskRunner> m_runner;
  ViewSet m_views;
  Report m_report;
  ClipRows m_rows{m_spec, m_run, *m_runner, m_report};
};

}  // namespace

Result<std::vector<CodecChoice>> parseVoxelChoices(std::string_view text) {
  return parseEachChoice(text.empty() ? "streamrf,streamrf:paper,fpo" : text, addVoxelChoice);
}

Result<Report> runVoxelCompare(const CompareSpec& spec, const CompareRun& run) {
  return VoxelComparison(spec, run).go();
}

}  // namespace volpress::engine
