// The slow work of the studio as plain calls, run on the background thread. Qt-free.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "app/engine/sample_files.hpp"
#include "app/engine/view_painter.hpp"
#include "app/studio/document.hpp"
#include "app/studio/view_camera.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::studio {

/// What slow work needs: threads, progress for the status bar, and a way to stop.
struct TaskContext {
  TaskRunner& runner;
  Progress& progress;
  std::stop_token stop;
};

/// Reads any scene file or compressed result: what is drawn, size, breakdown, warnings, home view.
/// Of a clip, or a folder of frames, the first frame.
[[nodiscard]] Result<Entry> openScene(const std::filesystem::path& path, TaskContext& context);

/// Generates a sample scene and writes it as a float PLY to `path`, so that jobs can read it.
[[nodiscard]] Result<Entry> makeSample(engine::SampleKind kind, const std::filesystem::path& path,
                                       TaskContext& context);

/// What a finished job's file shows.
struct DecodedResult {
  std::shared_ptr<const GaussianCloud> cloud;      ///< of a clip its first frame; null: a model
  std::shared_ptr<const engine::ClipSource> clip;  ///< null for what does not move
  /// Drawn in place of the cloud, which is the same baked; null where there is no difference.
  std::shared_ptr<const compressors::ViewDependentScene> native{};
  std::shared_ptr<const engine::SceneModel> model{};
};
[[nodiscard]] Result<DecodedResult> decodeResult(const std::filesystem::path& path,
                                                 TaskContext& context);

/// What an export is measured against.
struct ExportReference {
  std::shared_ptr<const GaussianCloud> original;  ///< null: the export is not measured
  std::filesystem::path originalPath;             ///< where cameras may lie beside
  std::string views = "auto";
  std::vector<edit::EditOperation> edits{};           ///< done to the original first
  std::shared_ptr<const engine::SceneModel> model{};  ///< the original of a model
};

struct ExportReport {
  engine::ExportRecord record;  ///< of the written file, as it was read again
  bool measured = false;        ///< whether its quality fields mean anything
};

/// Writes an entry to `target`. The same extension as the entry's own file copies that file byte
/// for byte; any other writes the format which the extension names. The written file is opened
/// again: its splats, triangles or parameters are counted (a mismatch is an error where nothing is
/// lost) and drawn against the original.
[[nodiscard]] Result<ExportReport> exportEntry(const Entry& entry,
                                               const std::filesystem::path& target,
                                               const ExportReference& reference,
                                               TaskContext& context);

/// The point on a splat scene's surface under a pixel of `camera`: the depth at which the splats
/// near that pixel begin. Nothing where no splat is.
[[nodiscard]] std::optional<Vec3> pickPoint(const GaussianCloud& cloud, const Camera& camera,
                                            float x, float y);

}  // namespace volpress::studio
