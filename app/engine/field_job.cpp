#include "app/engine/field_job.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "app/engine/field_files.hpp"
#include "app/engine/field_measure.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/target_encode.hpp"
#include "compressors/field_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::engine {
namespace {

enum Stage : std::size_t { Reading, Encoding, Writing, Decoding, Measuring };

using Clock = std::chrono::steady_clock;
using FieldPtr = std::shared_ptr<const HashGridField>;

class FieldRun {
public:
  FieldRun(const JobSpec& spec, JobRun& run)
      : m_spec(spec),
        m_run(run),
        m_runner(makeThreadRunner(spec.threads)),
        m_codec(*compressors::findFieldCodec(spec.codec)) {}

  Result<Evaluation> go() {
    const compressors::CodecInfo& info = m_codec.info();
    VOLPRESS_TRY(const ParamSet params,
                 compressors::resolveParams(info, m_spec.preset, m_spec.overrides));
    VOLPRESS_CHECK(checkOutputPlace(m_spec.output));
    if (!m_spec.edits.empty() || !m_spec.photos.dataset.empty() || m_spec.level != 0) {
      return fail(ErrorCode::InvalidParameter,
                  "{} compresses radiance fields, which have no edits, photographs or levels; "
                  "leave them away",
                  info.label);
    }
    m_run.progress.setStages({{"reading the field", 2},
                              {"encoding", 60},
                              {"writing", 1},
                              {"decoding", 3},
                              {"measuring", m_run.measure ? 30.0 : 0.0}});
    VOLPRESS_CHECK(read(params));
    VOLPRESS_TRY(AtomicFile file, AtomicFile::create(m_spec.output));
    {
      VOLPRESS_TRY(const Bytes bytes, m_spec.target ? searchForTarget(params) : encode(params));
      m_run.progress.enter(Writing);
      VOLPRESS_CHECK(file.write(bytes));
    }
    VOLPRESS_TRY(const FieldPtr result, readBack(file.temporary()));
    if (m_run.measure) {
      VOLPRESS_TRY(const ViewSet views, viewSet());
      m_run.log(fmt::format("{} views of {}", views.views.size(), views.origin));
      MeasureContext context{*m_runner, m_run.progress.enter(Measuring), m_run.stop};
      VOLPRESS_TRY(m_evaluation.views, measureField(m_original, result, views, context));
    }
    VOLPRESS_CHECK(checkStop());
    m_evaluation.peakMemoryBytes = peakMemoryBytes();
    VOLPRESS_CHECK(file.commit());
    keepRecord(m_spec, m_evaluation, m_run);
    m_run.progress.finish();
    return std::move(m_evaluation);
  }

private:
  [[nodiscard]] Result<void> checkStop() const {
    return m_run.stop.stop_requested() ? fail(ErrorCode::Cancelled, "cancelled") : Result<void>();
  }

  [[nodiscard]] Result<ViewSet> viewSet() const {
    return makeFieldViews(m_spec.views, *m_original, kFieldMeasureSide);
  }

  Result<void> read(const ParamSet& params) {
    VOLPRESS_TRY(
        LoadedFieldScene loaded,
        loadFieldScene(m_spec.input, *m_runner, m_run.progress.enter(Reading), m_run.stop));
    for (const std::string& line : loaded.warnings) {
      m_run.log(line);
    }
    if (!m_codec.info().lost.empty()) {
      m_run.log("lost in this format: " + m_codec.info().lost);
    }
    m_original = std::move(loaded.field);
    m_evaluation.referenceBytes = plainFieldBytes(*m_original);
    auto checked = m_codec.check(*m_original, params);
    return checked ? Result<void>()
                   : withContext(std::move(checked).error(), m_spec.input.string());
  }

  Result<Bytes> encode(const ParamSet& params) {
    compressors::RunContext context{*m_runner,      m_run.progress.enter(Encoding),
                                    m_run.stop,     nullptr,
                                    nullptr,        m_spec.seed,
                                    m_spec.scratch, {}};
    context.checkpointSeconds = m_spec.checkpointSeconds;
    const auto start = Clock::now();
    auto bytes = m_codec.encode(*m_original, params, context);
    m_evaluation.encodeSeconds += secondsSince(start);
    for (const std::string& line : context.log) {
      m_run.log(line);
    }
    return bytes ? std::move(bytes)
                 : Result<Bytes>(withContext(std::move(bytes).error(), m_spec.input.string()));
  }

  Result<FieldPtr> decode(ByteView bytes, Progress& progress) {
    compressors::RunContext context{*m_runner, progress, m_run.stop, nullptr, nullptr, 1, {}, {}};
    VOLPRESS_TRY(HashGridField field, m_codec.decode(bytes, context));
    return std::make_shared<const HashGridField>(std::move(field));
  }

  Result<double> qualityOf(ByteView bytes) {
    Progress unseen;
    VOLPRESS_TRY(const FieldPtr field, decode(bytes, unseen));
    VOLPRESS_TRY(const ViewSet views, viewSet());
    MeasureContext context{*m_runner, unseen, m_run.stop};
    Evaluation trial;
    VOLPRESS_TRY(trial.views, measureField(m_original, field, views, context));
    return trial.meanPsnr();
  }

  Result<Bytes> searchForTarget(const ParamSet& params) {
    VOLPRESS_TRY(const ParamSpec* knob, qualityKnobOf(m_codec.info()));
    const TargetTrials trials{
        [this](const ParamSet& tried, std::size_t /*trial*/) { return encode(tried); },
        [this](ByteView file) { return qualityOf(file); }, m_run.log, m_run.stop};
    return encodeForTarget(*knob, params, *m_spec.target, trials, m_evaluation);
  }

  Result<FieldPtr> readBack(const std::filesystem::path& path) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    const auto start = Clock::now();
    auto field = decode(file.bytes(), m_run.progress.enter(Decoding));
    m_evaluation.decodeSeconds = secondsSince(start);
    if (!field) {
      return withContext(std::move(field).error(), "reading back what was written");
    }
    VOLPRESS_TRY(m_evaluation.breakdown, m_codec.breakdown(file.bytes()));
    m_evaluation.fileBytes = file.bytes().size();
    return field;
  }

  const JobSpec& m_spec;
  JobRun& m_run;
  std::unique_ptr<TaskRunner> m_runner;
  const compressors::FieldCodec& m_codec;
  FieldPtr m_original;
  Evaluation m_evaluation;
};

}  // namespace

bool isFieldJob(const JobSpec& spec) { return compressors::findFieldCodec(spec.codec) != nullptr; }

Result<Evaluation> runFieldJob(const JobSpec& spec, JobRun& run) {
  return FieldRun(spec, run).go();
}

}  // namespace volpress::engine
