// Light edits of a scene before it is compressed: a list of operations with parameters, applied in
// order to a copy. The list is data: panel, command line and jobs read the same kinds.
#pragma once

#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "scene/base/params.hpp"
#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/edit/transform.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::edit {

/// What can be done. Coordinates and lengths are in the scene's own frame and units.
struct EditKind {
  std::string id;                 ///< stable; also the command line's option: "--crop-box"
  std::string label;              ///< shown to people: "Crop to a box"
  std::string help;               ///< one plain sentence
  std::vector<ParamSpec> params;  ///< in the order in which the command line takes their values
};

/// Every kind, in the order in which a menu lists them.
[[nodiscard]] std::span<const EditKind> allEditKinds();
[[nodiscard]] const EditKind* findEditKind(std::string_view id);

/// Whether the kind takes no splat away and changes each by itself: frames of a sequence then keep
/// their splats in the same order.
[[nodiscard]] bool keepsSplats(std::string_view kind);

/// One step of a list. `params` may leave out what keeps its default.
struct EditOperation {
  std::string kind;
  ParamSet params{};
  bool enabled = true;
  friend bool operator==(const EditOperation&, const EditOperation&) = default;
};

/// "1,2,3,outside": values of the kind's parameters in their order; those at the end may be left
/// out. InvalidParameter names the kind, the parameter and what is allowed.
[[nodiscard]] Result<EditOperation> parseEdit(std::string_view kind, std::string_view text);
/// The values as `parseEdit` takes them back.
[[nodiscard]] std::string formatEdit(const EditOperation& operation);
/// A sentence's worth for people: "Crop to a box: -1, -1, -1 to 1, 1, 1".
[[nodiscard]] std::string describeEdit(const EditOperation& operation);

/// What one operation did; equal counts for one that is switched off.
struct EditStep {
  std::size_t before = 0;
  std::size_t after = 0;
};

struct EditContext {
  TaskRunner& runner;
  Progress& progress;
  std::stop_token stop{};
  std::vector<EditStep> steps{};  ///< filled, one for each operation of the list
};

/// The edited scene. Operations that leave no splat are refused. Deterministic; the same on any
/// number of threads.
[[nodiscard]] Result<GaussianCloud> applyEdits(const GaussianCloud& cloud,
                                               std::span<const EditOperation> operations,
                                               EditContext& context);

/// Where the operations that are on move the scene: what cameras that came with it must follow.
[[nodiscard]] Result<Similarity> placementOf(std::span<const EditOperation> operations);

/// How isolated each splat is: the mean distance to its 8 nearest neighbours, over the size of the
/// splat and the median one of those neighbours together. Below 1 for most
/// parts of a surface; above 3 for floaters.
[[nodiscard]] FloatArray isolation(const GaussianCloud& cloud, TaskRunner& runner,
                                   const std::stop_token& stop);

/// The middle of a scene and the distance from it that nine splats in ten do not exceed.
struct RobustExtent {
  std::array<float, 3> centre{};
  float radius = 0;
};
[[nodiscard]] RobustExtent robustExtent(const GaussianCloud& cloud);

}  // namespace volpress::edit
