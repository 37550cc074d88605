// Opening whatever holds a scene: a scene file, a loose SOG folder, or one of our own files.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "compressors/codec.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/edit/operations.hpp"
#include "scene/formats/format.hpp"
#include "scene/types/scene.hpp"

namespace volpress::engine {

struct LoadedScene {
  std::shared_ptr<const Scene> scene;
  std::shared_ptr<const GaussianCloud> cloud;  ///< inside `scene`
  std::string formatId;                        ///< "ply", "spz", ..., or "vpc"
  std::string codecId;                         ///< of a .vpc
  std::string parameters;                      ///< of a .vpc: the JSON that its header holds
  std::uint64_t fileBytes = 0;                 ///< all files that belong to it
  std::vector<std::string> warnings;
  unsigned levels = 1;                ///< of detail
  std::vector<std::string> edited{};  ///< what each edit did, for people
};

/// Reads a scene. Errors name the path. With `openTruncated` a .vpc with layers of detail may
/// end early too: it is read as the coarser scene that its front holds.
[[nodiscard]] Result<LoadedScene> loadScene(const std::filesystem::path& path, TaskRunner& runner,
                                            Progress& progress, const std::stop_token& stop,
                                            const formats::ImportOptions& options = {});

/// The scene of a .vpc as each view sees it, where its codec says more of views than `loadScene`
/// can give, which bakes that; null for every other file. Errors name the path.
[[nodiscard]] Result<std::shared_ptr<const compressors::ViewDependentScene>> openNative(
    const std::filesystem::path& path, TaskRunner& runner, const std::stop_token& stop);

/// A scene after its edits, with a line for people on what each of them did.
struct EditedScene {
  GaussianCloud cloud;
  std::vector<std::string> log;
};
[[nodiscard]] Result<EditedScene> editScene(const GaussianCloud& cloud,
                                            const std::vector<edit::EditOperation>& edits,
                                            TaskRunner& runner, const std::stop_token& stop);

/// Which state of a scene file is meant.
struct SceneState {
  unsigned level = 0;                      ///< of detail, of scenes that have several
  std::vector<edit::EditOperation> edits;  ///< done to it
};
/// Reads a scene and does the edits.
[[nodiscard]] Result<LoadedScene> loadScene(const std::filesystem::path& path,
                                            const SceneState& state, TaskRunner& runner,
                                            Progress& progress, const std::stop_token& stop);

/// Where the bytes of a scene file go. Files of a loose SOG folder are shares by name.
[[nodiscard]] Result<std::vector<formats::ByteShare>> fileBreakdown(
    const std::filesystem::path& path);

/// Fails with the reason when a file of this name cannot be made: no such folder, not writable, or
/// the name is a folder's. A cheap check before long work, so that it does not fail at its end.
[[nodiscard]] Result<void> checkOutputPlace(const std::filesystem::path& path);

/// Fails with the reason when a folder of this name cannot be made. One that exists must be empty,
/// or hold a file called `marker` (when that is not empty): the sign that it is an earlier result,
/// which may be replaced. Nothing else is ever replaced.
[[nodiscard]] Result<void> checkOutputFolder(const std::filesystem::path& folder,
                                             const std::string& marker);

}  // namespace volpress::engine
