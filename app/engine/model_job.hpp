// A job on a scene that is no splats, whatever its kind: read, encode, write, read back, decode,
// measure.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "app/engine/evaluate.hpp"
#include "app/engine/photo_set.hpp"
#include "app/engine/preview_writer.hpp"
#include "app/engine/run_job.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/target_encode.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::engine {

/// What most kinds of scenes do alike in a job.
struct ModelKind {
  /// Of the time that a job takes: encoding, decoding, measuring.
  static constexpr std::array<double, 3> kShares{60, 3, 30};
  /// The knob as a search for a target moves it.
  static ParamSpec searchedKnob(const ParamSpec& knob) { return knob; }
  /// A photograph's camera in the scene's own frame.
  template <typename Scene>
  static Camera placed(const Camera& camera, const Scene& /*scene*/) {
    return camera;
  }
  /// Looks at what was read back.
  template <typename Scene>
  static Result<void> describeResult(const Scene& /*result*/, Evaluation& /*evaluation*/) {
    return {};
  }
};

/// `Kind`, a ModelKind, says of what: its `Codec` and `Scene`, the words kMany and kReading,
/// `findCodec`, `load` into something whose member kScene is the scene and which has `warnings`,
/// `describeOriginal` (the evaluation's reference bytes, at least) and `measure` (its views; what
/// is worth a line goes to the log).
template <typename Kind>
class ModelRun {
public:
  ModelRun(const JobSpec& spec, JobRun& run)
      : m_spec(spec),
        m_run(run),
        m_runner(makeThreadRunner(spec.threads)),
        m_codec(*Kind::findCodec(spec.codec)) {}

  Result<Evaluation> go() {
    const compressors::CodecInfo& info = m_codec.info();
    VOLPRESS_TRY(const ParamSet params,
                 compressors::resolveParams(info, m_spec.preset, m_spec.overrides));
    VOLPRESS_CHECK(checkOutputPlace(m_spec.output));
    const bool hasPhotos = !m_spec.photos.dataset.empty();
    if (!m_spec.edits.empty() || (hasPhotos && !info.learnsFromPhotos) || m_spec.level != 0) {
      return fail(ErrorCode::InvalidParameter,
                  "{} compresses {}, which have no edits, photographs or levels; leave them away",
                  info.label, Kind::kMany);
    }
    m_run.progress.setStages({{Kind::kReading, 2},
                              {"encoding", Kind::kShares[0]},
                              {"writing", 1},
                              {"decoding", Kind::kShares[1]},
                              {"measuring", m_run.measure ? Kind::kShares[2] : 0.0}});
    VOLPRESS_CHECK(read(params));
    if (hasPhotos) {
      VOLPRESS_TRY(m_photos, loadLearntPhotos(m_spec.photos, *m_runner, m_run.stop, m_run.log));
      for (PosedPicture& photo : m_photos) {
        photo.camera = Kind::placed(photo.camera, *m_original);
      }
    }
    VOLPRESS_TRY(AtomicFile file, AtomicFile::create(m_spec.output));
    {
      VOLPRESS_TRY(const Bytes bytes, m_spec.target ? searchForTarget(params) : encode(params));
      m_run.progress.enter(Writing);
      VOLPRESS_CHECK(checkStop());
      VOLPRESS_CHECK(file.write(bytes));
    }
    VOLPRESS_TRY(const ScenePtr result, readBack(file.temporary()));
    if (m_run.measure) {
      MeasureContext context{*m_runner, m_run.progress.enter(Measuring), m_run.stop};
      VOLPRESS_CHECK(
          Kind::measure(m_original, result, m_spec.views, context, m_evaluation, m_run.log));
    }
    VOLPRESS_CHECK(checkStop());
    m_evaluation.peakMemoryBytes = peakMemoryBytes();
    VOLPRESS_CHECK(file.commit());
    keepRecord(m_spec, m_evaluation, m_run);
    m_run.progress.finish();
    return std::move(m_evaluation);
  }

private:
  enum Stage : std::size_t { Reading, Encoding, Writing, Decoding, Measuring };
  using Codec = typename Kind::Codec;
  using Scene = typename Kind::Scene;
  using ScenePtr = std::shared_ptr<const Scene>;

  [[nodiscard]] Result<void> checkStop() const {
    return m_run.stop.stop_requested() ? fail(ErrorCode::Cancelled, "cancelled") : Result<void>();
  }

  Result<void> read(const ParamSet& params) {
    VOLPRESS_TRY(auto loaded,
                 Kind::load(m_spec.input, *m_runner, m_run.progress.enter(Reading), m_run.stop));
    for (const std::string& line : loaded.warnings) {
      m_run.log(line);
    }
    if (!m_codec.info().lost.empty()) {
      m_run.log("lost in this format: " + m_codec.info().lost);
    }
    m_original = std::move(loaded.*Kind::kScene);
    Kind::describeOriginal(*m_original, m_evaluation);
    auto checked = m_codec.check(*m_original, params);
    return checked ? Result<void>()
                   : withContext(std::move(checked).error(), m_spec.input.string());
  }

  Result<Bytes> encode(const ParamSet& params) {
    compressors::RunContext context{*m_runner,      m_run.progress.enter(Encoding),
                                    m_run.stop,     nullptr,
                                    nullptr,        m_spec.seed,
                                    m_spec.scratch, {}};
    context.photos = m_photos;
    context.checkpointSeconds = m_spec.checkpointSeconds;
    context.fieldLearner = m_run.fieldLearner;
    const std::unique_ptr<PreviewWriter> watcher = makePreviewWriter(m_spec, m_run.preview);
    context.watcher = watcher.get();
    const auto start = std::chrono::steady_clock::now();
    auto bytes = m_codec.encode(*m_original, params, context);
    m_evaluation.encodeSeconds += secondsSince(start);
    for (const std::string& line : context.log) {
      m_run.log(line);
    }
    return bytes ? std::move(bytes)
                 : Result<Bytes>(withContext(std::move(bytes).error(), m_spec.input.string()));
  }

  Result<ScenePtr> decode(ByteView bytes, Progress& progress) {
    compressors::RunContext context{*m_runner, progress, m_run.stop, nullptr, nullptr, 1, {}, {}};
    VOLPRESS_TRY(Scene scene, m_codec.decode(bytes, context));
    return std::make_shared<const Scene>(std::move(scene));
  }

  Result<double> qualityOf(ByteView bytes) {
    Progress unseen;
    VOLPRESS_TRY(const ScenePtr scene, decode(bytes, unseen));
    MeasureContext context{*m_runner, unseen, m_run.stop};
    Evaluation trial;
    VOLPRESS_CHECK(Kind::measure(m_original, scene, m_spec.views, context, trial,
                                 [](const std::string& /*line*/) {}));
    return trial.meanPsnr();
  }

  Result<Bytes> searchForTarget(const ParamSet& params) {
    VOLPRESS_TRY(const ParamSpec* knob, qualityKnobOf(m_codec.info()));
    const TargetTrials trials{
        [this](const ParamSet& tried, std::size_t /*trial*/) { return encode(tried); },
        [this](ByteView file) { return qualityOf(file); }, m_run.log, m_run.stop};
    return encodeForTarget(Kind::searchedKnob(*knob), params, *m_spec.target, trials, m_evaluation);
  }

  Result<ScenePtr> readBack(const std::filesystem::path& path) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    const auto start = std::chrono::steady_clock::now();
    auto scene = decode(file.bytes(), m_run.progress.enter(Decoding));
    m_evaluation.decodeSeconds = secondsSince(start);
    if (!scene) {
      return withContext(std::move(scene).error(), "reading back what was written");
    }
    if (auto described = Kind::describeResult(**scene, m_evaluation); !described) {
      return withContext(std::move(described).error(), "reading back what was written");
    }
    VOLPRESS_TRY(m_evaluation.breakdown, m_codec.breakdown(file.bytes()));
    m_evaluation.fileBytes = file.bytes().size();
    return scene;
  }

  const JobSpec& m_spec;
  JobRun& m_run;
  std::unique_ptr<TaskRunner> m_runner;
  const Codec& m_codec;
  ScenePtr m_original;
  std::vector<PosedPicture> m_photos;  ///< in the scene's frame
  Evaluation m_evaluation;
};

}  // namespace volpress::engine
