#include "app/engine/compare.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "app/engine/codec_info.hpp"
#include "app/engine/compare_work.hpp"
#include "app/engine/evaluate.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/field_measure.hpp"
#include "app/engine/field_views.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/mesh_measure.hpp"
#include "app/engine/mesh_views.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/png_image.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/view_sets.hpp"
#include "compressors/codec.hpp"
#include "compressors/field_codec.hpp"
#include "compressors/mesh_codec.hpp"
#include "compressors/picture_codec.hpp"
#include "renderer/metrics/metrics.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"

namespace volpress::engine {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPoll{50};
/// Sizes that a codec of pictures is measured at, of what the first one takes, where that is one
/// file: what lies beside shows how the curves run.
struct ByteStep {
  const char* name;
  double share;
};
constexpr std::array kByteSteps{ByteStep{"same-bytes", 1}, ByteStep{"half-bytes", 0.5},
                                ByteStep{"twice-bytes", 2}};
constexpr double kJobsShare = 0.9;  // of the time; the rest is drawing the report's pictures

Result<void> addChoices(std::string_view part, std::vector<CodecChoice>& choices) {
  const std::size_t colon = part.find(':');
  VOLPRESS_TRY(const compressors::CodecInfo* info, codecInfoOf(part.substr(0, colon)));
  const std::string preset(colon == std::string_view::npos ? "default" : part.substr(colon + 1));
  if (preset == "*") {
    if (info->presets.empty()) {
      choices.push_back({info->id, "default"});
    }
    for (const ParamPreset& one : info->presets) {
      choices.push_back({info->id, one.id});
    }
    return {};
  }
  VOLPRESS_CHECK(compressors::resolveParams(*info, preset, {}));
  choices.push_back({info->id, preset.empty() ? "default" : preset});
  return {};
}

/// The original stays where an interrupted comparison finds it.
Result<void> copyOutput(const fs::path& from, const fs::path& to) {
  std::error_code code;
  fs::create_hard_link(from, to, code);
  if (code) {
    code.clear();
    fs::copy_file(from, to, code);
  }
  return code ? fail(ErrorCode::IoFailure, "{}: cannot copy it to {}: {}", from.string(),
                     to.string(), code.message())
              : Result<void>();
}

/// Of a job that is there.
const JobStatus& statusOf(const std::vector<JobStatus>& jobs, std::uint64_t id) {
  return *std::find_if(jobs.begin(), jobs.end(),
                       [id](const JobStatus& job) { return job.id == id; });
}

class Comparison {
public:
  Comparison(const CompareSpec& spec, const CompareRun& run)
      : m_spec(spec),
        m_run(run),
        m_runner(makeThreadRunner(spec.threads)),
        m_rasterizer(renderer::makeSoftwareRasterizer(*m_runner)) {}

  Result<Report> go() {
    VOLPRESS_CHECK(checkOutputFolder(m_spec.folder, "results.json"));
    VOLPRESS_CHECK(read());
    VOLPRESS_TRY(m_work, CompareWork::open(folderName(), m_spec.input, m_run.program, m_views));
    if (m_work->known() != 0) {
      m_run.note(
          fmt::format("Going on: {} of the results are there from before.", m_work->known()));
    }
    const Result<void> done = runJobs().and_then([this] {
      return writeFolderAtomically(folderName(),
                                   [this](const fs::path& folder) { return fill(folder); });
    });
    if (!done) {
      if (m_work->leave()) {
        m_run.note("What is finished is kept: the same command goes on from there.");
      }
      return tl::unexpected(done.error());
    }
    m_work->remove();
    return std::move(m_report);
  }

private:
  [[nodiscard]] fs::path folderName() const {
    return m_spec.folder.filename().empty() ? m_spec.folder.parent_path() : m_spec.folder;
  }

  Result<void> readMesh() {
    Progress progress;
    VOLPRESS_TRY(LoadedMeshScene scene,
                 loadMeshScene(m_spec.input, *m_runner, progress, m_run.stop));
    for (const std::string& line : scene.warnings) {
      m_run.note(line);
    }
    if (!m_spec.state.edits.empty()) {
      return fail(ErrorCode::InvalidParameter, "{}: is a mesh; edits are for splats",
                  m_spec.input.string());
    }
    m_mesh = std::move(scene.mesh);
    VOLPRESS_TRY(m_meshViews, makeMeasuredViews(m_spec.views, *m_mesh));
    m_views = m_meshViews.set;
    m_report.scene = m_spec.input.filename().string();
    m_report.sceneFormat = scene.formatId;
    m_report.sceneBytes = scene.fileBytes;
    m_report.triangles = triangleCount(*m_mesh);
    m_report.referenceBytes = rawGeometryBytes(*m_mesh) + textureBytes(*m_mesh);
    m_report.drawnBy = renderer::MeshRenderer(*m_runner).name();
    return {};
  }

  Result<void> readField() {
    Progress progress;
    VOLPRESS_TRY(LoadedFieldScene scene,
                 loadFieldScene(m_spec.input, *m_runner, progress, m_run.stop));
    for (const std::string& line : scene.warnings) {
      m_run.note(line);
    }
    if (!m_spec.state.edits.empty()) {
      return fail(ErrorCode::InvalidParameter, "{}: is a radiance field; edits are for splats",
                  m_spec.input.string());
    }
    m_field = std::move(scene.field);
    VOLPRESS_TRY(m_views, makeFieldViews(m_spec.views, *m_field, kFieldMeasureSide));
    m_report.scene = m_spec.input.filename().string();
    m_report.sceneFormat = scene.formatId;
    m_report.sceneBytes = scene.fileBytes;
    m_report.fieldParameters = m_field->parameters.size();
    m_report.referenceBytes = plainFieldBytes(*m_field);
    m_report.drawnBy = renderer::FieldRenderer(*m_runner).name();
    return {};
  }

  Result<void> readPicture() {
    Progress progress;
    VOLPRESS_TRY(LoadedPicture scene, loadPicture(m_spec.input, *m_runner, progress, m_run.stop));
    if (!m_spec.state.edits.empty()) {
      return fail(ErrorCode::InvalidParameter, "{}: is a picture; edits are for splats",
                  m_spec.input.string());
    }
    m_picture = std::move(scene.picture);
    m_views = pictureViews(*m_picture);
    m_report.scene = m_spec.input.filename().string();
    m_report.sceneFormat = scene.formatId;
    m_report.sceneBytes = scene.fileBytes;
    m_report.pixels = m_picture->width * m_picture->height;
    m_report.referenceBytes = plainPictureBytes(*m_picture);
    m_report.drawnBy = "its decoder";
    return {};
  }

  Result<void> read() {
    m_report.seed = m_spec.seed;
    if (isFieldFile(m_spec.input)) {
      VOLPRESS_CHECK(readField());
    } else if (isMeshFile(m_spec.input)) {
      VOLPRESS_CHECK(readMesh());
    } else if (isPictureFile(m_spec.input)) {
      VOLPRESS_CHECK(readPicture());
    } else {
      VOLPRESS_CHECK(readCloud());
    }
    m_report.viewsOrigin = m_views.origin;
    m_report.viewCount = m_views.views.size();
    return {};
  }

  Result<void> readCloud() {
    Progress progress;
    VOLPRESS_TRY(LoadedScene scene,
                 loadScene(m_spec.input, m_spec.state, *m_runner, progress, m_run.stop));
    for (const auto* lines : {&scene.warnings, &scene.edited}) {
      for (const std::string& line : *lines) {
        m_run.note(line);
      }
    }
    m_original = std::move(scene.cloud);
    ViewOptions options;
    VOLPRESS_TRY(options.placement, edit::placementOf(m_spec.state.edits));
    VOLPRESS_TRY(m_views,
                 makeViewSet(m_spec.views, *m_original, m_spec.input, *m_rasterizer, options));
    m_report.edits = scene.edited;
    m_report.scene = m_spec.input.filename().string();
    m_report.sceneFormat = scene.formatId;
    m_report.sceneBytes = scene.fileBytes;
    m_report.splats = m_original->count;
    m_report.shDegree = m_original->shDegree;
    m_report.referenceBytes = floatPlyBytes(m_original->count, m_original->shDegree);
    m_report.drawnBy = m_rasterizer->name();
    return {};
  }

  Result<void> fill(const fs::path& folder) {
    VOLPRESS_CHECK(makeReportFolders(folder));
    VOLPRESS_CHECK(copyOutputs(folder));
    VOLPRESS_CHECK(drawPictures(folder));
    VOLPRESS_CHECK(writeReport(folder, m_report));
    return {};
  }

  /// Rows and jobs for the choices, in the order asked for. Of pictures, codecs whose parameters
  /// are left open aim at the bytes that the first one takes.
  Result<void> runJobs() {
    std::vector<CodecChoice> following;
    for (const CodecChoice& choice : m_spec.codecs) {
      if (followsBytes(choice)) {
        following.push_back(choice);
      } else {
        VOLPRESS_CHECK(addJob(choice, choiceName(choice), std::nullopt));
      }
    }
    const std::size_t first = m_report.rows.size();
    m_expected = first + following.size() * (first == 1 ? kByteSteps.size() : first);
    VOLPRESS_CHECK(waitForJobs());
    VOLPRESS_CHECK(takeResults(0));
    for (const CodecChoice& choice : following) {
      for (std::size_t row = 0; row < first; ++row) {
        const std::optional<Evaluation> reached = m_report.rows[row].evaluation;
        if (!reached || m_report.rows[row].codec != m_spec.codecs.front().codec) {
          continue;
        }
        const std::string preset = m_report.rows[row].preset;
        for (std::size_t step = 0; step < (first == 1 ? kByteSteps.size() : 1); ++step) {
          const double bytes = kByteSteps[step].share * static_cast<double>(reached->fileBytes);
          VOLPRESS_CHECK(addJob(choice, first == 1 ? kByteSteps[step].name : "bytes-of-" + preset,
                                QualityTarget{QualityTarget::Kind::SizeBytes, bytes}));
        }
      }
    }
    if (m_report.rows.size() != first) {
      VOLPRESS_CHECK(waitForJobs());
      VOLPRESS_CHECK(takeResults(first));
    }
    return {};
  }

  [[nodiscard]] bool followsBytes(const CodecChoice& choice) const {
    return m_picture != nullptr && choice.codec != m_spec.codecs.front().codec &&
           choice.preset == "default" && choice.overrides.empty();
  }

  /// Adds a row and its job.
  Result<void> addJob(const CodecChoice& choice, std::string name,
                      std::optional<QualityTarget> target) {
    VOLPRESS_TRY(const compressors::CodecInfo* info, codecInfoOf(choice.codec));
    ReportRow row;
    row.codec = choice.codec;
    row.codecLabel = info->label;
    row.preset = std::move(name);
    row.file = fmt::format("files/{:02}-{}-{}{}", m_ids.size() + 1, choice.codec, row.preset,
                           info->extension);
    JobSpec job;
    job.input = m_spec.input;
    job.codec = choice.codec;
    job.preset = choice.preset == "default" ? std::string() : choice.preset;
    job.overrides = choice.overrides;
    job.target = target;
    job.level = m_spec.state.level;
    job.edits = m_spec.state.edits;
    job.views = m_spec.views;
    job.seed = m_spec.seed;
    job.threads = m_spec.threads;
    VOLPRESS_TRY(
        const std::uint64_t id,
        m_work->want(job, fmt::format("{}-{}", choice.codec, row.preset), info->extension));
    job.output = folderName() / row.file;
    row.command = repeatingCommand(job);
    m_ids.push_back(id);
    m_report.rows.push_back(std::move(row));
    return {};
  }

  Result<void> waitForJobs() {
    m_work->dropOthers();
    while (true) {
      const std::vector<JobStatus> jobs = m_work->jobs();
      double sum = 0;
      bool busy = false;
      Progress::Snapshot snapshot;
      for (const JobStatus& job : jobs) {
        const bool active = isPending(job.state);
        busy = busy || active;
        sum += active ? job.fraction : 1;
        if (job.state == JobState::Running) {
          snapshot.stage = job.spec.codec + ": " + job.stage;
          snapshot.detail = job.detail;
        }
      }
      snapshot.fraction =
          kJobsShare * sum / static_cast<double>(std::max<std::size_t>(1, m_expected));
      m_run.progress(snapshot);
      if (!busy) {
        return {};
      }
      if (m_run.stop.stop_requested()) {
        return fail(ErrorCode::Cancelled, "cancelled");
      }
      std::this_thread::sleep_for(kPoll);
    }
  }

  /// Of the rows from `first` on.
  Result<void> takeResults(std::size_t first) {
    bool any = first != 0;
    const std::vector<JobStatus> jobs = m_work->jobs();
    for (std::size_t r = first; r < m_report.rows.size(); ++r) {
      const JobStatus& job = statusOf(jobs, m_ids[r]);
      ReportRow& row = m_report.rows[r];
      row.state = job.state;
      row.error = job.error;
      row.evaluation = job.evaluation;
      if (!row.evaluation) {
        row.file.clear();
        m_run.note(fmt::format("{}:{} failed: {}", row.codec, row.preset, row.error));
      }
      any = any || row.evaluation.has_value();
    }
    if (!any) {
      return fail(ErrorCode::Internal, "{}: no codec could encode it; the first said: {}",
                  m_spec.input.string(), m_report.rows.empty() ? "" : m_report.rows[0].error);
    }
    return {};
  }

  Result<void> copyOutputs(const fs::path& folder) {
    const std::vector<JobStatus> jobs = m_work->jobs();
    for (std::size_t r = 0; r < m_report.rows.size(); ++r) {
      if (m_report.rows[r].evaluation) {
        VOLPRESS_CHECK(
            copyOutput(statusOf(jobs, m_ids[r]).spec.output, folder / m_report.rows[r].file));
      }
    }
    return {};
  }

  /// The hardest view, one that is held out, and others spread over the set.
  [[nodiscard]] std::vector<std::size_t> chooseShown() const {
    const std::size_t count = m_views.views.size();
    std::vector<double> sums(count, 0);
    for (const ReportRow& row : m_report.rows) {
      for (std::size_t i = 0; row.evaluation && i < row.evaluation->views.size() && i < count;
           ++i) {
        sums[i] += std::min(100.0, row.evaluation->views[i].psnr);
      }
    }
    std::vector<std::size_t> shown;
    const auto add = [&](std::size_t index) {
      if (shown.size() < m_spec.shownViews && index < count &&
          std::find(shown.begin(), shown.end(), index) == shown.end()) {
        shown.push_back(index);
      }
    };
    add(static_cast<std::size_t>(std::min_element(sums.begin(), sums.end()) - sums.begin()));
    const auto heldOut = std::find_if(m_views.views.begin(), m_views.views.end(),
                                      [](const View& view) { return view.heldOut; });
    add(static_cast<std::size_t>(heldOut - m_views.views.begin()));
    for (std::size_t i = 0; i < m_spec.shownViews; ++i) {
      add(i * count / m_spec.shownViews);
    }
    for (std::size_t i = 0; i < count; ++i) {
      add(i);
    }
    std::sort(shown.begin(), shown.end());
    return shown;
  }

  Result<void> drawPictures(const fs::path& folder) {
    const std::vector<std::size_t> shown = chooseShown();
    VOLPRESS_CHECK(m_field != nullptr     ? drawFieldOriginals(folder, shown)
                   : m_mesh != nullptr    ? drawMeshOriginals(folder, shown)
                   : m_picture != nullptr ? addOriginal(folder, 0, *m_picture)
                                          : drawOriginals(folder, shown));
    for (std::size_t r = 0; r < m_report.rows.size(); ++r) {
      m_run.progress({kJobsShare + (1 - kJobsShare) * static_cast<double>(r) /
                                       static_cast<double>(m_report.rows.size()),
                      "drawing the report", fmt::format("{}/{}", r, m_report.rows.size())});
      if (m_report.rows[r].evaluation) {
        VOLPRESS_CHECK(drawRow(folder, m_report.rows[r], r, shown));
      }
    }
    return {};
  }

  Result<void> addOriginal(const fs::path& folder, std::size_t index, const Image& original) {
    const View& view = m_views.views[index];
    ReportView one{view.name, view.heldOut,
                   fmt::format("images/view{}-original.png", m_report.views.size() + 1),
                   original.width, original.height};
    VOLPRESS_CHECK(writePng(folder / one.original, original));
    m_report.views.push_back(std::move(one));
    return {};
  }

  Result<void> drawOriginals(const fs::path& folder, const std::vector<std::size_t>& shown) {
    VOLPRESS_TRY(m_reference, ReferencePictures::make(*m_rasterizer, m_original, m_views));
    for (const std::size_t index : shown) {
      VOLPRESS_TRY(const Image* original, m_reference->picture(index, m_run.stop));
      VOLPRESS_CHECK(addOriginal(folder, index, *original));
    }
    return {};
  }

  Result<void> drawMeshOriginals(const fs::path& folder, const std::vector<std::size_t>& shown) {
    const renderer::MeshRenderer renderer(*m_runner);
    VOLPRESS_TRY(const auto prepared, renderer.prepare(m_mesh));
    for (const std::size_t index : shown) {
      const auto posed = renderer.pose(*prepared, m_meshViews.moments[m_meshViews.momentOf(index)]);
      VOLPRESS_TRY(const renderer::RenderResult drawn,
                   renderer.render(*posed, m_views.views[index].camera, {}));
      VOLPRESS_CHECK(addOriginal(folder, index, drawn.color));
    }
    return {};
  }

  Result<void> drawFieldOriginals(const fs::path& folder, const std::vector<std::size_t>& shown) {
    const renderer::FieldRenderer renderer(*m_runner);
    VOLPRESS_TRY(const auto prepared, renderer.prepare(m_field, m_run.stop));
    for (const std::size_t index : shown) {
      VOLPRESS_TRY(const renderer::FieldRenderResult drawn,
                   renderer.render(*prepared, m_views.views[index].camera, {}));
      VOLPRESS_CHECK(addOriginal(folder, index, drawn.picture.color));
    }
    return {};
  }

  Result<void> drawRow(const fs::path& folder, ReportRow& row, std::size_t number,
                       const std::vector<std::size_t>& shown) {
    Progress progress;
    MeasureContext context{*m_runner, progress, m_run.stop};
    const ViewVisitor visitor = [&](const ViewPictures& pictures) -> Result<void> {
      const std::string stem =
          fmt::format("images/view{}-{:02}-{}", row.pictures.size() + 1, number + 1, row.codec);
      const ReportPictures paths{stem + ".png", stem + "-flip.png"};
      VOLPRESS_CHECK(writePng(folder / paths.result, pictures.result));
      VOLPRESS_CHECK(writePng(folder / paths.error, metrics::colorizeError(pictures.error)));
      row.pictures.push_back(paths);
      return {};
    };
    if (m_field != nullptr) {
      VOLPRESS_TRY(const LoadedFieldScene result,
                   loadFieldScene(folder / row.file, *m_runner, progress, m_run.stop));
      VOLPRESS_CHECK(measureField(m_field, result.field, m_views, context, visitor, shown));
      return {};
    }
    if (m_mesh != nullptr) {
      VOLPRESS_TRY(const LoadedMeshScene result,
                   loadMeshScene(folder / row.file, *m_runner, progress, m_run.stop));
      VOLPRESS_CHECK(measureMesh(m_mesh, result.mesh, m_meshViews, context, visitor, shown));
      return {};
    }
    if (m_picture != nullptr) {
      VOLPRESS_TRY(const LoadedPicture result,
                   loadPicture(folder / row.file, *m_runner, progress, m_run.stop));
      VOLPRESS_CHECK(measurePicture(*m_picture, *result.picture, context, visitor));
      return {};
    }
    VOLPRESS_TRY(const LoadedScene result,
                 loadScene(folder / row.file, *m_runner, progress, m_run.stop));
    VOLPRESS_TRY(const auto native, openNative(folder / row.file, *m_runner, m_run.stop));
    VOLPRESS_CHECK(measureViews(*m_reference, {result.cloud, native}, context, visitor, shown));
    return {};
  }

  const CompareSpec& m_spec;
  const CompareRun& m_run;
  std::unique_ptr<TaskRunner> m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  std::shared_ptr<const GaussianCloud> m_original;  ///< of splats
  std::optional<ReferencePictures> m_reference;
  std::shared_ptr<const Mesh> m_mesh;            ///< of meshes
  MeshViewSet m_meshViews;                       ///< `m_views` of those
  std::shared_ptr<const HashGridField> m_field;  ///< of fields
  std::shared_ptr<const Image> m_picture;        ///< of pictures
  std::optional<CompareWork> m_work;             ///< the jobs and their files
  std::vector<std::uint64_t> m_ids;              ///< of the jobs, one a row
  std::size_t m_expected = 0;                    ///< rows there will be
  ViewSet m_views;
  Report m_report;
};

}  // namespace

std::string choiceName(const CodecChoice& choice) {
  std::string name = choice.preset;
  for (const auto& [id, value] : choice.overrides) {
    name = name == "default" ? std::string() : std::move(name).append(",");
    name.append(id).append("=").append(formatParamValue(value));
  }
  return name;
}

Result<std::vector<CodecChoice>> parseEachChoice(std::string_view text, const AddChoices& add) {
  std::vector<CodecChoice> choices;
  while (true) {
    const std::size_t comma = text.find(',');
    VOLPRESS_CHECK(add(text.substr(0, comma), choices));
    if (comma == std::string_view::npos) {
      return choices;
    }
    text.remove_prefix(comma + 1);
  }
}

Result<std::vector<CodecChoice>> parseCodecChoices(std::string_view text) {
  std::vector<CodecChoice> choices;
  if (text == "meshes") {
    for (const compressors::MeshCodec* codec : compressors::allMeshCodecs()) {
      choices.push_back({codec->info().id, "default"});
    }
    return choices;
  }
  if (text == "fields") {
    for (const compressors::FieldCodec* codec : compressors::allFieldCodecs()) {
      choices.push_back({codec->info().id, "default"});
    }
    return choices;
  }
  if (text == "pictures") {
    for (const compressors::PictureCodec* codec : compressors::allPictureCodecs()) {
      choices.push_back({codec->info().id, "default"});
    }
    return choices;
  }
  if (text.empty()) {
    for (const compressors::Codec* codec : compressors::allCodecs()) {
      choices.push_back({codec->info().id, "default"});
    }
    return choices;
  }
  return parseEachChoice(text, addChoices);
}

Result<Report> runCompare(const CompareSpec& spec, const CompareRun& run) {
  return Comparison(spec, run).go();
}

}  // namespace volpress::engine
