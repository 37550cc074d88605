#include "app/studio/scene_tasks.hpp"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

#include "app/engine/evaluate.hpp"
#include "app/engine/scene_files.hpp"
#include "app/engine/view_sets.hpp"
#include "renderer/software/software_rasterizer.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/format.hpp"

namespace volpress::studio {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kSampleSeed = 1;
constexpr std::size_t kHomeWidth = 1280;  // homeCamera frames the scene for a wide picture
constexpr std::size_t kHomeHeight = 800;

/// Puts the pivot where most of what the home camera sees lies.
float medianDepth(const GaussianCloud& cloud, const Camera& camera) {
  const std::size_t step = std::max<std::size_t>(1, cloud.count / 20000);
  std::vector<float> depths;
  for (std::size_t i = 0; i < cloud.count; i += step) {
    float depth = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      depth += camera.rotation[6 + axis] * (cloud.means[3 * i + axis] - camera.position[axis]);
    }
    if (depth > camera.nearPlane) {
      depths.push_back(depth);
    }
  }
  if (depths.empty()) {
    return 1;
  }
  const auto middle = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 2);
  std::nth_element(depths.begin(), middle, depths.end());
  return *middle;
}

/// Home view and breakdown; a file whose parts cannot be told apart simply shows none.
void addDerived(Entry& entry, TaskRunner& runner) {
  entry.breakdown =
      entry.moves() ? entry.clip->facts().breakdown
                    : engine::fileBreakdown(entry.path).value_or(std::vector<formats::ByteShare>());
  const auto rasterizer = renderer::makeSoftwareRasterizer(runner);
  entry.home = engine::homeCamera(*entry.cloud, entry.path, kHomeWidth, kHomeHeight, *rasterizer);
  entry.pivotDistance = medianDepth(*entry.cloud, entry.home);
}

std::string lowerExtension(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension;
}

bool hasOwnFileIn(const Entry& entry, const fs::path& target) {
  if (entry.path.empty() || fs::is_directory(entry.path)) {
    return false;
  }
  if (entry.isSource() && !activeEdits(entry.edits).empty()) {
    return false;  // its file holds the scene without them
  }
  if (entry.model != nullptr) {
    // What names other files beside it is no whole by itself.
    std::error_code failure;
    return fs::file_size(entry.path, failure) == entry.fileBytes &&
           engine::modelExtension(entry.kind(), entry.path) ==
               engine::modelExtension(entry.kind(), target);
  }
  // ".compressed.ply" and ".ply" end alike but are two formats.
  const formats::Format* from = formats::formatForName(entry.path.filename().string());
  const formats::Format* to = formats::formatForName(target.filename().string());
  return from == to && lowerExtension(entry.path) == lowerExtension(target);
}

void keepQuality(const engine::Evaluation& evaluation, ExportReport& report) {
  report.record.meanPsnr = evaluation.meanPsnr();
  report.record.worstPsnr = evaluation.worstPsnr();
  report.record.meanSsim = evaluation.meanSsim();
  report.measured = true;
}

/// Draws what was read back against the original, over the project's views.
Result<void> measureExport(const engine::DrawnScene& written, const ExportReference& reference,
                           TaskContext& context, ExportReport& report) {
  const auto rasterizer = renderer::makeSoftwareRasterizer(context.runner);
  std::shared_ptr<const GaussianCloud> original = reference.original;
  if (!reference.edits.empty()) {
    VOLPRESS_TRY(engine::EditedScene edited,
                 engine::editScene(*original, reference.edits, context.runner, context.stop));
    original = std::make_shared<const GaussianCloud>(std::move(edited.cloud));
  }
  engine::ViewOptions options;
  VOLPRESS_TRY(options.placement, edit::placementOf(reference.edits));
  VOLPRESS_TRY(ViewSet views, engine::makeViewSet(reference.views, *original,
                                                  reference.originalPath, *rasterizer, options));
  VOLPRESS_TRY(engine::ReferencePictures pictures,
               engine::ReferencePictures::make(*rasterizer, original, std::move(views)));
  engine::MeasureContext measuring{context.runner, context.progress, context.stop};
  engine::Evaluation evaluation;
  VOLPRESS_TRY(evaluation.views, engine::measureViews(pictures, written, measuring));
  keepQuality(evaluation, report);
  return {};
}

Result<DecodedResult> decodeClip(const fs::path& path, TaskContext& context) {
  DecodedResult result;
  VOLPRESS_TRY(result.clip, engine::openClipSource(path, context.runner, context.stop));
  VOLPRESS_TRY(const engine::ClipFrame first,
               engine::decodeFrame(*result.clip, result.clip->facts().pieces.front().firstFrame,
                                   context.runner, context.stop));
  result.cloud = first.cloud;
  return result;
}

/// Of a file, or of a folder that may have a slash at its end.
std::string nameOf(const fs::path& path) {
  return path.filename().empty() ? path.parent_path().filename().string()
                                 : path.filename().string();
}

Result<Entry> openMovingScene(const fs::path& path, TaskContext& context) {
  VOLPRESS_TRY(DecodedResult decoded, decodeClip(path, context));
  if (decoded.cloud->count == 0) {
    return fail(ErrorCode::CorruptData, "{}: its first frame holds no splats",
                path.filename().string());
  }
  Entry entry;
  entry.path = path;
  entry.name = nameOf(path);
  const engine::ClipFacts& facts = decoded.clip->facts();
  entry.fileBytes = facts.fileBytes;
  entry.formatId = facts.codec.empty() ? "sequence" : "dgsv";
  entry.fileKind = engine::kindOfFile(path);
  entry.warnings = facts.warnings;
  entry.cloud = std::move(decoded.cloud);
  entry.clip = std::move(decoded.clip);
  addDerived(entry, context.runner);
  return entry;
}

Result<Entry> openModel(const fs::path& path, TaskContext& context) {
  VOLPRESS_TRY(engine::LoadedModel loaded,
               engine::loadModel(path, context.runner, context.progress, context.stop));
  Entry entry;
  entry.path = path;
  entry.name = nameOf(path);
  entry.formatId = std::move(loaded.formatId);
  entry.clip = std::move(loaded.clip);
  entry.fileBytes = loaded.fileBytes;
  entry.breakdown = std::move(loaded.breakdown);
  entry.warnings = std::move(loaded.warnings);
  entry.model = std::move(loaded.model);
  entry.fileKind = entry.model->kind();
  entry.home = entry.model->home(kHomeWidth, kHomeHeight);
  entry.pivotDistance = entry.model->homeDistance();
  return entry;
}

/// Copies the entry's own file byte for byte where `target` asks for that kind of file; false where
/// it asks for another.
Result<bool> copyOwnFile(const Entry& entry, const fs::path& target, ExportReport& report) {
  if (!hasOwnFileIn(entry, target)) {
    return false;
  }
  std::error_code failure;
  if (fs::equivalent(entry.path, target, failure)) {
    return fail(ErrorCode::InvalidParameter, "{} is the file itself; choose another name",
                target.string());
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(entry.path));
  VOLPRESS_CHECK(writeFileAtomically(target, file.bytes()));
  report.record.fileBytes = file.bytes().size();
  return true;
}

/// Writes splats in the format that `target` names.
Result<void> writeSplats(const Entry& entry, const fs::path& target, TaskContext& context,
                         ExportReport& report) {
  if (entry.moves()) {
    return fail(ErrorCode::InvalidParameter,
                "{} moves: it can be saved as the .dgsv that it is, or encoded into one",
                entry.name);
  }
  const formats::Format* format = formats::formatForName(target.filename().string());
  if (format == nullptr || !format->info().writes) {
    return fail(ErrorCode::InvalidParameter,
                "{} names no format that can be written; use .ply, .compressed.ply, .splat, "
                ".spz or .sog",
                target.filename().string());
  }
  if (entry.cloud == nullptr) {
    return fail(ErrorCode::InvalidParameter, "{} is not loaded yet", entry.name);
  }
  VOLPRESS_TRY(const ParamSet params, completeParams(format->info().writeParams, {}));
  formats::IoContext io{context.runner, context.progress, context.stop, {}};
  VOLPRESS_TRY(report.record.fileBytes, formats::saveCloud(target, *entry.cloud, params, io));
  return {};
}

/// Writes what is not splats, unless its file was copied; checks and measures what can be read of
/// it again.
Result<void> exportModel(const Entry& entry, const fs::path& target,
                         const ExportReference& reference, bool copied, TaskContext& context,
                         ExportReport& report) {
  bool exact = copied;
  if (fs::is_directory(entry.path)) {
    return fail(ErrorCode::InvalidParameter,
                "{} is a folder of meshes: each of its frames is a file already", entry.name);
  }
  if (!copied) {
    VOLPRESS_TRY(report.record.fileBytes, entry.model->write(target, context.runner, context.stop));
    const std::string extension = engine::modelExtension(entry.kind(), target);
    for (const engine::ModelFormat& format : engine::modelFormats(entry.kind())) {
      exact = exact || (format.extension == extension && format.lost.empty());
    }
  }
  VOLPRESS_TRY(const engine::LoadedModel read,
               engine::loadModel(target, context.runner, context.progress, context.stop));
  report.record.splats = read.model->count();
  if (exact && read.model->count() != entry.model->count()) {
    return fail(ErrorCode::Internal, "{} was written, but reads back as {} {} instead of {}",
                target.filename().string(), read.model->count(), read.model->unit(),
                entry.model->count());
  }
  if (reference.model == nullptr) {
    return {};
  }
  engine::MeasureContext measuring{context.runner, context.progress, context.stop};
  engine::Evaluation evaluation;
  VOLPRESS_CHECK(
      read.model->measureAgainst(*reference.model, reference.views, measuring, evaluation));
  keepQuality(evaluation, report);
  return {};
}

/// The entry with its edits done.
Result<Entry> edited(const Entry& entry, TaskContext& context) {
  Entry done = entry.asShown();
  const std::vector<edit::EditOperation> edits = activeEdits(entry.edits);
  if (!entry.isSource() || entry.cloud == nullptr || edits.empty()) {
    done.cloud = entry.cloud;
    return done;
  }
  // What is shown may be of an earlier list, or the edits may have failed: that must not pass.
  if (entry.outcome == nullptr || entry.outcome->cloud == nullptr ||
      !doTheSame(entry.outcome->edits, edits)) {
    VOLPRESS_TRY(engine::EditedScene scene,
                 engine::editScene(*entry.cloud, edits, context.runner, context.stop));
    done.cloud = std::make_shared<const GaussianCloud>(std::move(scene.cloud));
  }
  return done;
}

}  // namespace

Result<Entry> openScene(const fs::path& path, TaskContext& context) {
  switch (engine::kindOfFile(path)) {
    case engine::SceneKind::MovingSplats:
    case engine::SceneKind::MovingVoxels: return openMovingScene(path, context);
    case engine::SceneKind::Mesh:
    case engine::SceneKind::Field:
    case engine::SceneKind::Picture: return openModel(path, context);
    case engine::SceneKind::Splats: break;
  }
  VOLPRESS_TRY(engine::LoadedScene loaded,
               engine::loadScene(path, context.runner, context.progress, context.stop));
  if (loaded.cloud == nullptr || loaded.cloud->count == 0) {
    return fail(ErrorCode::CorruptData, "{} holds no splats", path.filename().string());
  }
  Entry entry;
  entry.path = path;
  entry.name = path.filename().string();
  if (entry.name == "meta.json" || entry.name.empty()) {
    entry.name = path.parent_path().filename().string();
  }
  VOLPRESS_TRY(entry.native, engine::openNative(path, context.runner, context.stop));
  entry.cloud = std::move(loaded.cloud);
  entry.fileBytes = loaded.fileBytes;
  entry.formatId = std::move(loaded.formatId);
  entry.warnings = std::move(loaded.warnings);
  addDerived(entry, context.runner);
  return entry;
}

Result<Entry> makeSample(engine::SampleKind kind, const fs::path& path, TaskContext& context) {
  std::error_code ignored;
  fs::create_directories(path.parent_path(), ignored);
  if (kind == engine::SampleKind::Figure) {
    VOLPRESS_CHECK(engine::writeSampleFigure(path, kSampleSeed, context.runner, context.progress,
                                             context.stop));
    VOLPRESS_TRY(Entry figure, openMovingScene(path, context));
    figure.name = "Sample figure";
    return figure;
  }
  VOLPRESS_TRY(engine::SampleFile file,
               engine::writeSampleFile(kind, path, kSampleSeed, 1, context.runner, context.progress,
                                       context.stop));
  Entry entry;
  entry.name = kind == engine::SampleKind::Room ? "Sample room" : "Sample still life";
  entry.path = path;
  entry.formatId = "ply";
  entry.cloud = std::move(file.cloud);
  entry.fileBytes = file.bytes;
  addDerived(entry, context.runner);
  return entry;
}

Result<DecodedResult> decodeResult(const fs::path& path, TaskContext& context) {
  DecodedResult result;
  switch (engine::kindOfFile(path)) {
    case engine::SceneKind::MovingSplats:
    case engine::SceneKind::MovingVoxels: return decodeClip(path, context);
    case engine::SceneKind::Mesh:
    case engine::SceneKind::Field:
    case engine::SceneKind::Picture: {
      VOLPRESS_TRY(const engine::LoadedModel read,
                   engine::loadModel(path, context.runner, context.progress, context.stop));
      result.model = read.model;
      result.clip = read.clip;
      return result;
    }
    case engine::SceneKind::Splats: break;
  }
  VOLPRESS_TRY(const engine::LoadedScene loaded,
               engine::loadScene(path, context.runner, context.progress, context.stop));
  result.cloud = loaded.cloud;
  VOLPRESS_TRY(result.native, engine::openNative(path, context.runner, context.stop));
  return result;
}

Result<ExportReport> exportEntry(const Entry& original, const fs::path& target,
                                 const ExportReference& reference, TaskContext& context) {
  VOLPRESS_TRY(Entry entry, edited(original, context));
  const bool isModel = !engine::modelFormats(entry.kind()).empty();
  if (isModel && entry.model == nullptr) {
    VOLPRESS_TRY(engine::LoadedModel own,
                 engine::loadModel(entry.path, context.runner, context.progress, context.stop));
    entry.model = std::move(own.model);
    entry.fileBytes = own.fileBytes;
  }
  ExportReport report;
  report.record.file = target;
  report.record.format = lowerExtension(target);
  VOLPRESS_TRY(const bool copied, copyOwnFile(entry, target, report));
  if (isModel) {
    VOLPRESS_CHECK(exportModel(entry, target, reference, copied, context, report));
    return report;
  }
  if (!copied) {
    VOLPRESS_CHECK(writeSplats(entry, target, context, report));
  }
  VOLPRESS_TRY(const DecodedResult read, decodeResult(target, context));
  const std::shared_ptr<const GaussianCloud>& reopened = read.cloud;
  report.record.splats = reopened->count;
  if (entry.cloud != nullptr && reopened->count != entry.cloud->count) {
    return fail(ErrorCode::Internal, "{} was written, but reads back as {} splats instead of {}",
                target.filename().string(), reopened->count, entry.cloud->count);
  }
  // Of a moving scene the first frame alone would say little.
  if (reference.original != nullptr && !entry.moves()) {
    VOLPRESS_CHECK(measureExport({reopened, read.native}, reference, context, report));
  }
  return report;
}

std::optional<Vec3> pickPoint(const GaussianCloud& cloud, const Camera& camera, float x, float y) {
  constexpr float kRadius = 6;          // pixels
  constexpr float kSolidLogit = -0.8F;  // opacity of about 0.3: fog does not catch the eye
  std::vector<float> depths;
  const auto& r = camera.rotation;
  for (std::size_t i = 0; i < cloud.count; ++i) {
    if (cloud.opacityLogits[i] < kSolidLogit) {
      continue;
    }
    const float px = cloud.means[3 * i] - camera.position[0];
    const float py = cloud.means[3 * i + 1] - camera.position[1];
    const float pz = cloud.means[3 * i + 2] - camera.position[2];
    const float depth = r[6] * px + r[7] * py + r[8] * pz;
    if (depth < camera.nearPlane) {
      continue;
    }
    const float u = camera.fx * (r[0] * px + r[1] * py + r[2] * pz) / depth + camera.cx;
    const float v = camera.fy * (r[3] * px + r[4] * py + r[5] * pz) / depth + camera.cy;
    if (std::hypot(u - x, v - y) <= kRadius) {
      depths.push_back(depth);
    }
  }
  if (depths.empty()) {
    return std::nullopt;
  }
  // The nearest tenth is the surface in front; a lone floater does not decide when there are more.
  const auto front = depths.begin() + static_cast<std::ptrdiff_t>(depths.size() / 10);
  std::nth_element(depths.begin(), front, depths.end());
  const float depth = *front;
  const float cx = (x - camera.cx) / camera.fx * depth;
  const float cy = (y - camera.cy) / camera.fy * depth;
  Vec3 point = camera.position;
  for (std::size_t axis = 0; axis < 3; ++axis) {
    point[axis] += r[axis] * cx + r[3 + axis] * cy + r[6 + axis] * depth;
  }
  return point;
}

}  // namespace volpress::studio
