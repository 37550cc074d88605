#include "app/engine/run_job.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

#include "app/engine/codec_info.hpp"
#include "app/engine/evaluate.hpp"
#include "app/engine/field_job.hpp"
#include "app/engine/mesh_job.hpp"
#include "app/engine/photo_set.hpp"
#include "app/engine/picture_job.hpp"
#include "app/engine/preview_writer.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/sequence_job.hpp"
#include "app/engine/target_encode.hpp"
#include "app/engine/view_sets.hpp"
#include "compressors/codec.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "scene/base/stopwatch.hpp"

namespace volpress::engine {
namespace {

enum Stage : std::size_t { Reading, ChoosingViews, Encoding, Writing, Decoding, Measuring };

// Trials of a search that are expected; further ones belong to the last one's share.
constexpr std::size_t kExpectedTrials = 5;

class Stopwatch {
public:
  [[nodiscard]] double seconds() const { return secondsSince(m_start); }

private:
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

Result<const compressors::Codec*> codecOf(const std::string& id) {
  const compressors::Codec* codec = compressors::findCodec(id);
  if (codec != nullptr) {
    return codec;
  }
  VOLPRESS_CHECK(codecInfoOf(id));
  return fail(ErrorCode::InvalidParameter, "the codec \"{}\" does not compress splats", id);
}

void logAll(const JobRun& run, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    run.log(line);
  }
}

/// Expected shares of the time; codecs that draw views take most of it.
std::vector<Progress::Stage> stagesOf(bool usesViews, bool measures, std::size_t trials) {
  std::vector<Progress::Stage> stages{{"reading the scene", 2},
                                      {"choosing views", measures || usesViews ? 4.0 : 0.0}};
  for (std::size_t trial = 1; trial <= trials; ++trial) {
    stages.push_back({trials == 1 ? "encoding" : fmt::format("encoding, trial {}", trial),
                      usesViews ? 60.0 : 20.0});
  }
  stages.push_back({"writing", 1});
  stages.push_back({"decoding", 3});
  stages.push_back({"measuring", measures ? 30.0 : 0.0});
  return stages;
}

/// One run's parts, in the order in which they come to be.
class Run {
public:
  Run(const JobSpec& spec, JobRun& run)
      : m_spec(spec),
        m_run(run),
        m_runner(makeThreadRunner(spec.threads)),
        m_rasterizer(renderer::makeSoftwareRasterizer(*m_runner)) {}

  Result<Evaluation> go() {
    VOLPRESS_TRY(m_codec, codecOf(m_spec.codec));
    const compressors::CodecInfo& info = m_codec->info();
    VOLPRESS_TRY(m_params, compressors::resolveParams(info, m_spec.preset, m_spec.overrides));
    VOLPRESS_CHECK(checkOutputPlace(m_spec.output));
    if (!m_spec.photos.dataset.empty() && !info.learnsFromPhotos) {
      return fail(ErrorCode::InvalidParameter,
                  "{} does not learn from photographs; leave them away or choose another codec",
                  info.label);
    }
    if (m_spec.target) {
      VOLPRESS_TRY(m_knob, qualityKnobOf(info));
      m_trials = kExpectedTrials;
    }
    m_usesViews = m_codec->usesViews(m_params);
    if (m_spec.target) {  // somewhere on the way the knob may ask for them
      ParamSet least = m_params;
      least[m_knob->id] = m_knob->range->min;
      m_usesViews = m_usesViews || m_codec->usesViews(least);
    }
    m_run.progress.setStages(stagesOf(m_usesViews, m_run.measure, m_trials));
    VOLPRESS_CHECK(read());
    const bool aimsAtQuality =
        m_spec.target && m_spec.target->kind == QualityTarget::Kind::MeanPsnr;
    if (m_usesViews || m_run.measure || aimsAtQuality) {
      VOLPRESS_CHECK(chooseViews());
    }
    if (!m_spec.photos.dataset.empty()) {
      VOLPRESS_TRY(m_photos, loadLearntPhotos(m_spec.photos, *m_runner, m_run.stop, m_run.log));
    }
    VOLPRESS_TRY(AtomicFile file, AtomicFile::create(m_spec.output));
    {
      VOLPRESS_TRY(const Bytes bytes, m_spec.target ? searchForTarget() : encode(m_params, 0));
      enter(Writing);
      VOLPRESS_CHECK(checkStop());
      VOLPRESS_CHECK(file.write(bytes));
    }
    VOLPRESS_TRY(const DrawnScene result, decode(file.temporary()));
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
    if (m_run.stop.stop_requested()) {
      return fail(ErrorCode::Cancelled, "cancelled");
    }
    return {};
  }

  /// The progress of a stage; those after the encoding lie behind all its trials.
  Progress& enter(Stage stage) {
    return m_run.progress.enter(stage > Encoding ? stage + m_trials - 1 : stage);
  }

  Result<void> read() {
    VOLPRESS_TRY(LoadedScene loaded, loadScene(m_spec.input, {m_spec.level, m_spec.edits},
                                               *m_runner, enter(Reading), m_run.stop));
    VOLPRESS_CHECK(checkStop());
    logAll(m_run, loaded.warnings);
    logAll(m_run, loaded.edited);
    m_scene = std::move(loaded.scene);
    m_original = std::move(loaded.cloud);
    m_evaluation.splatsIn = m_original->count;
    m_evaluation.referenceBytes = floatPlyBytes(m_original->count, m_original->shDegree);
    if (!m_codec->info().lost.empty()) {
      m_run.log("lost in this format: " + m_codec->info().lost);
    }
    auto checked = m_codec->check(*m_scene, m_params);
    if (!checked) {
      return withContext(std::move(checked).error(), m_spec.input.string());
    }
    return {};
  }

  Result<void> chooseViews() {
    enter(ChoosingViews);
    ViewOptions options;
    VOLPRESS_TRY(options.placement, edit::placementOf(m_spec.edits));
    VOLPRESS_TRY(m_views,
                 makeViewSet(m_spec.views, *m_original, m_spec.input, *m_rasterizer, options));
    m_run.log(fmt::format("{} views of {}, drawn by {}", m_views.views.size(), m_views.origin,
                          m_rasterizer->name()));
    return checkStop();
  }

  Result<Bytes> encode(const ParamSet& params, std::size_t trial) {
    compressors::RunContext context{
        *m_runner,      m_run.progress.enter(Encoding + std::min(trial, m_trials - 1)),
        m_run.stop,     nullptr,
        nullptr,        m_spec.seed,
        m_spec.scratch, {}};
    if (m_usesViews) {
      context.rasterizer = m_rasterizer.get();
      context.views = &m_views;
    }
    context.photos = m_photos;
    context.checkpointSeconds = m_spec.checkpointSeconds;
    const std::unique_ptr<PreviewWriter> watcher = makePreviewWriter(m_spec, m_run.preview);
    context.watcher = watcher.get();
    const Stopwatch watch;
    auto bytes = m_codec->encode(*m_scene, params, context);
    m_evaluation.encodeSeconds += watch.seconds();
    logAll(m_run, context.log);
    if (!m_photos.empty() && !context.learntFromPhotos) {
      m_run.log(
          "warning: with these settings nothing is learnt from pictures; the photographs were "
          "not looked at");
    }
    if (!bytes) {
      return withContext(std::move(bytes).error(), m_spec.input.string());
    }
    return bytes;
  }

  /// Mean PSNR of bytes that are not on disk yet.
  Result<double> qualityOf(ByteView bytes) {
    Progress unseen;
    compressors::RunContext context{*m_runner, unseen, m_run.stop, nullptr, nullptr, 1, {}, {}};
    DrawnScene shown;
    VOLPRESS_TRY(shown.native, m_codec->openViewDependent(bytes, context));
    if (shown.native == nullptr) {
      VOLPRESS_TRY(Scene decoded, m_codec->decode(bytes, context));
      shown.cloud =
          std::make_shared<const GaussianCloud>(std::get<GaussianCloud>(std::move(decoded)));
    }
    VOLPRESS_TRY(ReferencePictures * reference, referencePictures());
    MeasureContext measuring{*m_runner, unseen, m_run.stop};
    Evaluation trial;
    VOLPRESS_TRY(trial.views, measureViews(*reference, shown, measuring));
    return trial.meanPsnr();
  }

  Result<Bytes> searchForTarget() {
    const TargetTrials trials{
        [this](const ParamSet& params, std::size_t trial) { return encode(params, trial); },
        [this](ByteView file) { return qualityOf(file); }, m_run.log, m_run.stop};
    return encodeForTarget(*m_knob, m_params, *m_spec.target, trials, m_evaluation);
  }

  /// Decodes the bytes on disk as a program would that has only the file.
  Result<DrawnScene> decode(const std::filesystem::path& path) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    compressors::RunContext context{*m_runner, enter(Decoding), m_run.stop, nullptr, nullptr, 1, {},
                                    {}};
    const Stopwatch watch;
    auto decoded = m_codec->decode(file.bytes(), context);
    m_evaluation.decodeSeconds = watch.seconds();
    logAll(m_run, context.log);
    if (!decoded) {
      return withContext(std::move(decoded).error(), "reading back what was written");
    }
    auto result =
        std::make_shared<const GaussianCloud>(std::get<GaussianCloud>(*std::move(decoded)));
    if (auto valid = validate(*result); !valid) {
      return withContext(std::move(valid).error(), "reading back what was written");
    }
    VOLPRESS_TRY(m_evaluation.breakdown, m_codec->breakdown(file.bytes()));
    m_evaluation.fileBytes = file.bytes().size();
    m_evaluation.splatsOut = result->count;
    DrawnScene shown{std::move(result)};
    if (m_run.measure) {
      VOLPRESS_TRY(shown.native, m_codec->openViewDependent(file.bytes(), context));
    }
    return shown;
  }

  /// The original's pictures, drawn once for all trials.
  Result<ReferencePictures*> referencePictures() {
    if (!m_reference) {
      VOLPRESS_TRY(m_reference, ReferencePictures::make(*m_rasterizer, m_original, m_views));
    }
    return &*m_reference;
  }

  Result<void> measure(const DrawnScene& result) {
    VOLPRESS_TRY(ReferencePictures * reference, referencePictures());
    MeasureContext context{*m_runner, enter(Measuring), m_run.stop};
    return measureEvaluation(*reference, result, context, {}, m_evaluation);
  }

  const JobSpec& m_spec;
  JobRun& m_run;
  std::unique_ptr<TaskRunner> m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  const compressors::Codec* m_codec = nullptr;
  ParamSet m_params;
  std::shared_ptr<const Scene> m_scene;
  std::shared_ptr<const GaussianCloud> m_original;  ///< inside m_scene
  ViewSet m_views;
  std::vector<PosedPicture> m_photos;
  std::optional<ReferencePictures> m_reference;
  const ParamSpec* m_knob = nullptr;  ///< set when there is a target
  bool m_usesViews = false;
  std::size_t m_trials = 1;  ///< stages for encodes
  Evaluation m_evaluation;
};

}  // namespace

void keepRecord(const JobSpec& spec, const Evaluation& evaluation, const JobRun& run) {
  if (spec.record.empty()) {
    return;
  }
  const std::string text = evaluationToJson(evaluation);
  if (auto kept = writeFileAtomically(spec.record, viewBytes(std::string_view(text))); !kept) {
    run.log(kept.error().message);
  }
}

Result<Evaluation> runJob(const JobSpec& spec, JobRun& run) {
  try {
    return isMeshJob(spec)       ? runMeshJob(spec, run)
           : isFieldJob(spec)    ? runFieldJob(spec, run)
           : isPictureJob(spec)  ? runPictureJob(spec, run)
           : isSequenceJob(spec) ? runSequenceJob(spec, run)
                                 : Run(spec, run).go();
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory,
                "{}: there is not enough memory for this job; close other programs, use fewer "
                "threads or a smaller scene",
                spec.input.string());
  } catch (const std::exception& problem) {
    return fail(ErrorCode::Internal, "{}: unexpected failure: {}", spec.input.string(),
                problem.what());
  }
}

}  // namespace volpress::engine
