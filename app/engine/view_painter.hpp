// Drawing whatever scene there is: a cloud, one whose splats look different from each view, or a
// model of another kind.
#pragma once

#include <memory>

#include "app/engine/scene_model.hpp"
#include "compressors/codec.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::engine {

/// What is drawn.
struct DrawnScene {
  std::shared_ptr<const GaussianCloud> cloud;
  /// Drawn in place of the cloud, which is the same baked; null where there is no such thing.
  std::shared_ptr<const compressors::ViewDependentScene> native{};
  /// Not splats at all; null where the above are drawn.
  std::shared_ptr<const SceneModel> model{};

  [[nodiscard]] bool isEmpty() const noexcept { return cloud == nullptr && model == nullptr; }
  [[nodiscard]] bool operator==(const DrawnScene&) const = default;
  /// The same without what is not baked.
  [[nodiscard]] DrawnScene baked() const { return {cloud}; }
};

/// Draws one scene from many cameras. One thread.
class ViewPainter {
public:
  /// Makes the cloud ready, if that is what is drawn. Rasteriser and runner must outlive the
  /// painter.
  [[nodiscard]] static Result<ViewPainter> make(const DrawnScene& shown,
                                                renderer::Rasterizer& rasterizer,
                                                TaskRunner& runner);

  [[nodiscard]] Result<renderer::RenderResult> draw(const Camera& camera,
                                                    const renderer::RenderOptions& options);

private:
  ViewPainter(renderer::Rasterizer& rasterizer, TaskRunner& runner)
      : m_rasterizer(&rasterizer), m_runner(&runner) {}

  renderer::Rasterizer* m_rasterizer;
  TaskRunner* m_runner;
  std::shared_ptr<const SceneModel> m_model;
  std::shared_ptr<const compressors::ViewDependentScene> m_native;
  std::shared_ptr<GaussianCloud> m_seen;  ///< by the camera before, for its memory
  std::unique_ptr<renderer::PreparedCloud> m_prepared;
};

}  // namespace volpress::engine
