#include "app/engine/run_job.hpp"

#include <chrono>
#include <memory>
#include <new>
#include <optional>
#include <utility>

#include "app/engine/evaluate.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/view_sets.hpp"
#include "compressors/codec.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

enum Stage : std::size_t { Reading, ChoosingViews, Encoding, Writing, Decoding, Measuring };

class Stopwatch {
public:
  [[nodiscard]] double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - m_start).count();
  }

private:
  std::chrono::steady_clock::time_point m_start = std::chrono::steady_clock::now();
};

Result<const compressors::Codec*> codecOf(const std::string& id) {
  const compressors::Codec* codec = compressors::findCodec(id);
  if (codec != nullptr) {
    return codec;
  }
  std::string known;
  for (const compressors::Codec* one : compressors::allCodecs()) {
    known += (known.empty() ? "" : ", ") + one->info().id;
  }
  return fail(ErrorCode::InvalidParameter, "there is no codec \"{}\"; there are {}", id, known);
}

void logAll(const JobRun& run, const std::vector<std::string>& lines) {
  for (const std::string& line : lines) {
    run.log(line);
  }
}

/// Expected shares of the time; codecs that draw views take most of it.
std::vector<Progress::Stage> stagesOf(const compressors::CodecInfo& info, bool measures) {
  return {{"reading the scene", 2},
          {"choosing views", measures || info.needsViews ? 4.0 : 0.0},
          {"encoding", info.needsViews ? 60.0 : 20.0},
          {"writing", 1},
          {"decoding", 3},
          {"measuring", measures ? 30.0 : 0.0}};
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
    m_run.progress.setStages(stagesOf(info, m_run.measure));
    VOLPRESS_CHECK(read());
    if (info.needsViews || m_run.measure) {
      VOLPRESS_CHECK(chooseViews());
    }
    VOLPRESS_TRY(AtomicFile file, AtomicFile::create(m_spec.output));
    {
      VOLPRESS_TRY(const Bytes bytes, encode());
      m_run.progress.enter(Writing);
      VOLPRESS_CHECK(checkStop());
      VOLPRESS_CHECK(file.write(bytes));
    }
    VOLPRESS_TRY(std::shared_ptr<const GaussianCloud> result, decode(file.temporary()));
    if (m_run.measure) {
      VOLPRESS_CHECK(measure(std::move(result)));
    }
    VOLPRESS_CHECK(checkStop());
    VOLPRESS_CHECK(file.commit());
    m_evaluation.peakMemoryBytes = peakMemoryBytes();
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

  Result<void> read() {
    VOLPRESS_TRY(LoadedScene loaded,
                 loadScene(m_spec.input, *m_runner, m_run.progress.enter(Reading), m_run.stop));
    VOLPRESS_CHECK(checkStop());
    logAll(m_run, loaded.warnings);
    m_scene = std::move(loaded.scene);
    m_original = std::move(loaded.cloud);
    m_evaluation.splatsIn = m_original->count;
    m_evaluation.referenceBytes = floatPlyBytes(m_original->count, m_original->shDegree);
    auto checked = m_codec->check(*m_scene, m_params);
    if (!checked) {
      return withContext(std::move(checked).error(), m_spec.input.string());
    }
    return {};
  }

  Result<void> chooseViews() {
    m_run.progress.enter(ChoosingViews);
    VOLPRESS_TRY(m_views, makeViewSet(m_spec.views, *m_original, m_spec.input, *m_rasterizer, {}));
    m_run.log(fmt::format("{} views of {}, drawn by {}", m_views.views.size(), m_views.origin,
                          m_rasterizer->name()));
    return checkStop();
  }

  Result<Bytes> encode() {
    compressors::RunContext context{
        *m_runner, m_run.progress.enter(Encoding), m_run.stop, nullptr, nullptr, m_spec.seed, {},
        {}};
    if (m_codec->info().needsViews) {
      context.rasterizer = m_rasterizer.get();
      context.views = &m_views;
    }
    const Stopwatch watch;
    auto bytes = m_codec->encode(*m_scene, m_params, context);
    m_evaluation.encodeSeconds = watch.seconds();
    logAll(m_run, context.log);
    if (!bytes) {
      return withContext(std::move(bytes).error(), m_spec.input.string());
    }
    return bytes;
  }

  /// Decodes the bytes on disk as a program would that has only the file.
  Result<std::shared_ptr<const GaussianCloud>> decode(const std::filesystem::path& path) {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    compressors::RunContext context{
        *m_runner, m_run.progress.enter(Decoding), m_run.stop, nullptr, nullptr, 1, {}, {}};
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
    return result;
  }

  Result<void> measure(std::shared_ptr<const GaussianCloud> result) {
    VOLPRESS_TRY(ReferencePictures reference,
                 ReferencePictures::make(*m_rasterizer, m_original, m_views));
    MeasureContext context{*m_runner, m_run.progress.enter(Measuring), m_run.stop};
    VOLPRESS_TRY(m_evaluation.views, measureViews(reference, std::move(result), context));
    return {};
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
  Evaluation m_evaluation;
};

}  // namespace

Result<Evaluation> runJob(const JobSpec& spec, JobRun& run) {
  try {
    return Run(spec, run).go();
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
