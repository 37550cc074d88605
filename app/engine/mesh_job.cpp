#include "app/engine/mesh_job.hpp"

#include <chrono>
#include <memory>
#include <utility>

#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_measure.hpp"
#include "app/engine/mesh_views.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/target_encode.hpp"
#include "compressors/mesh_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::engine {
namespace {

enum Stage : std::size_t { Reading, Encoding, Writing, Decoding, Measuring };

class MeshRun {
public:
  MeshRun(const JobSpec& spec, JobRun& run)
      : m_spec(spec), m_run(run), m_runner(makeThreadRunner(spec.threads)) {}

  Result<Evaluation> go() {
    m_codec = compressors::findMeshCodec(m_spec.codec);
    const compressors::CodecInfo& info = m_codec->info();
    VOLPRESS_TRY(const ParamSet params,
                 compressors::resolveParams(info, m_spec.preset, m_spec.overrides));
    VOLPRESS_CHECK(checkOutputPlace(m_spec.output));
    if (!m_spec.edits.empty() || !m_spec.photos.dataset.empty() || m_spec.level != 0) {
      return fail(ErrorCode::InvalidParameter,
                  "{} compresses meshes, which have no edits, photographs or levels yet; leave "
                  "them away",
                  info.label);
    }
    m_run.progress.setStages({{"reading the mesh", 2},
                              {"encoding", 5},
                              {"writing", 1},
                              {"decoding", 2},
                              {"measuring", m_run.measure ? 40.0 : 0.0}});
    VOLPRESS_CHECK(read(params));
    VOLPRESS_TRY(AtomicFile file, AtomicFile::create(m_spec.output));
    {
      VOLPRESS_TRY(const Bytes bytes, m_spec.target ? searchForTarget(params) : encode(params));
      m_run.progress.enter(Writing);
      VOLPRESS_CHECK(checkStop());
      VOLPRESS_CHECK(file.write(bytes));
    }
    VOLPRESS_TRY(const std::shared_ptr<const Mesh> result, decode(file.temporary()));
    if (m_run.measure) {
      VOLPRESS_CHECK(measure(result));
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

  Result<void> read(const ParamSet& params) {
    VOLPRESS_TRY(LoadedMeshScene loaded,
                 loadMeshScene(m_spec.input, *m_runner, m_run.progress.enter(Reading), m_run.stop));
    for (const std::string& line : loaded.warnings) {
      m_run.log(line);
    }
    if (!m_codec->info().lost.empty()) {
      m_run.log("lost in this format: " + m_codec->info().lost);
    }
    m_original = std::move(loaded.mesh);
    m_evaluation.mesh = MeshQuality{};
    m_evaluation.mesh->trianglesIn = triangleCount(*m_original);
    m_evaluation.mesh->verticesIn = vertexCount(*m_original);
    m_evaluation.mesh->geometryBytes = rawGeometryBytes(*m_original);
    m_evaluation.referenceBytes = rawGeometryBytes(*m_original) + textureBytes(*m_original);
    auto checked = m_codec->check(*m_original, params);
    return checked ? Result<void>()
                   : withContext(std::move(checked).error(), m_spec.input.string());
  }

  Result<Bytes> encode(const ParamSet& params) {
    compressors::RunContext context{*m_runner,      m_run.progress.enter(Encoding),
                                    m_run.stop,     nullptr,
                                    nullptr,        m_spec.seed,
                                    m_spec.scratch, {}};
    const auto start = std::chrono::steady_clock::now();
    auto bytes = m_codec->encode(*m_original, params, context);
    m_evaluation.encodeSeconds += secondsSince(start);
    for (const std::string& line : context.log) {
      m_run.log(line);
    }
    return bytes ? std::move(bytes)
                 : Result<Bytes>(withContext(std::move(bytes).error(), m_spec.input.string()));
  }

  Result<double> qualityOf(ByteView bytes) {
    Progress unseen;
    compressors::RunContext context{*m_runner, unseen, m_run.stop, nullptr, nullptr, 1, {}, {}};
    VOLPRESS_TRY(Mesh decoded, m_codec->decode(bytes, context));
    const auto mesh = std::make_shared<const Mesh>(std::move(decoded));
    VOLPRESS_TRY(const ViewSet views, viewSet());
    MeasureContext measuring{*m_runner, unseen, m_run.stop};
    Evaluation trial;
    VOLPRESS_TRY(MeasuredMesh measured, measureMesh(m_original, mesh, views, measuring));
    trial.views = std::move(measured.views);
    return trial.meanPsnr();
  }

  Result<Bytes> searchForTarget(const ParamSet& params) {
    VOLPRESS_TRY(const ParamSpec* knob, qualityKnobOf(m_codec->info()));
    ParamSpec lossy = *knob;
    if (lossy.range->min == 0) {
      lossy.range->min = 4;  // 0 bits keep floats: not on the scale
    }
    const TargetTrials trials{
        [this](const ParamSet& tried, std::size_t /*trial*/) { return encode(tried); },
        [this](ByteView file) { return qualityOf(file); }, m_run.log, m_run.stop};
    return encodeForTarget(lossy, params, *m_spec.target, trials, m_evaluation);
  }

  Result<std::shared_ptr<const Mesh>> decode(const std::filesystem::path& path) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    compressors::RunContext context{
        *m_runner, m_run.progress.enter(Decoding), m_run.stop, nullptr, nullptr, 1, {}, {}};
    const auto start = std::chrono::steady_clock::now();
    auto decoded = m_codec->decode(file.bytes(), context);
    m_evaluation.decodeSeconds = secondsSince(start);
    if (!decoded) {
      return withContext(std::move(decoded).error(), "reading back what was written");
    }
    auto result = std::make_shared<const Mesh>(std::move(*decoded));
    if (auto valid = validate(*result); !valid) {
      return withContext(std::move(valid).error(), "reading back what was written");
    }
    VOLPRESS_TRY(m_evaluation.breakdown, m_codec->breakdown(file.bytes()));
    m_evaluation.fileBytes = file.bytes().size();
    m_evaluation.mesh->trianglesOut = triangleCount(*result);
    m_evaluation.mesh->verticesOut = vertexCount(*result);
    return result;
  }

  [[nodiscard]] Result<ViewSet> viewSet() const {
    return makeMeshViews(m_spec.views, posedBounds(poseMesh(*m_original)));
  }

  Result<void> measure(const std::shared_ptr<const Mesh>& result) {
    VOLPRESS_TRY(const ViewSet views, viewSet());
    m_run.log(fmt::format("{} views of {}", views.views.size(), views.origin));
    MeasureContext context{*m_runner, m_run.progress.enter(Measuring), m_run.stop};
    VOLPRESS_TRY(MeasuredMesh measured, measureMesh(m_original, result, views, context));
    m_evaluation.views = std::move(measured.views);
    m_evaluation.mesh = measured.quality;
    return {};
  }

  const JobSpec& m_spec;
  JobRun& m_run;
  std::unique_ptr<TaskRunner> m_runner;
  const compressors::MeshCodec* m_codec = nullptr;
  std::shared_ptr<const Mesh> m_original;
  Evaluation m_evaluation;
};

}  // namespace

bool isMeshJob(const JobSpec& spec) { return compressors::findMeshCodec(spec.codec) != nullptr; }

Result<Evaluation> runMeshJob(const JobSpec& spec, JobRun& run) { return MeshRun(spec, run).go(); }

}  // namespace volpress::engine
