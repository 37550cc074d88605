// Software pictures for the viewport, remembered while the camera rests. Qt-free.
#pragma once

#include <cstdint>
#include <functional>
#include <list>
#include <memory>
#include <stop_token>
#include <vector>

#include "app/engine/view_painter.hpp"
#include "renderer/rasterizer.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/camera.hpp"
#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/image.hpp"

namespace volpress::studio {

/// Display bytes of a picture.
struct PanePixels {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<std::uint8_t> rgba;  ///< width * height * 4, rows from the top
};

/// RGB of each splat (3n) in place of its SH colour, or the paint of a mesh.
using SceneColors = std::shared_ptr<const std::vector<float>>;

/// A scene that looks different from each view; its cloud is the same baked.
using NativeScene = std::shared_ptr<const compressors::ViewDependentScene>;
/// A scene of another kind than splats.
using ModelScene = std::shared_ptr<const engine::SceneModel>;

/// A drawn picture in both forms: display bytes for the window, floats for measuring.
struct DrawnPicture {
  engine::DrawnScene scene;
  SceneColors colors;  ///< null: the scene's own
  Camera camera;
  Image color;
  std::shared_ptr<const PanePixels> pixels;
  double milliseconds = 0;  ///< what drawing took, without preparing the cloud
  bool byDevice = false;
};

/// Draws a radiance field on a device.
using FieldDrawer = std::function<Result<renderer::RenderResult>(
    const ModelScene& field, const Camera& camera, const std::stop_token& stop)>;

[[nodiscard]] bool sameCamera(const Camera& a, const Camera& b);

/// Draws with the software renderers, fields by a device where one is given. One thread.
class PictureMaker {
public:
  PictureMaker();

  /// The picture of `scene` from `camera`, from memory where it was drawn before. Cancelled when
  /// `stop` asked for it. `colors` are for splats that are drawn as they are, and for meshes.
  [[nodiscard]] Result<std::shared_ptr<const DrawnPicture>> draw(
      const engine::DrawnScene& scene, const Camera& camera, const std::stop_token& stop,
      const SceneColors& colors = nullptr) {
    return drawWith({}, scene, camera, stop, colors);
  }
  /// The same with `device` for radiance fields.
  [[nodiscard]] Result<std::shared_ptr<const DrawnPicture>> drawField(
      const FieldDrawer& device, const engine::DrawnScene& scene, const Camera& camera,
      const std::stop_token& stop) {
    return drawWith(device, scene, camera, stop, nullptr);
  }

  /// What `camera` sees of a scene, from memory where it was looked at before.
  [[nodiscard]] Result<std::shared_ptr<const GaussianCloud>> look(const NativeScene& native,
                                                                  const Camera& camera,
                                                                  const std::stop_token& stop);

  /// As `draw`, or `drawField`, but only from memory; null when it would have to be drawn.
  [[nodiscard]] std::shared_ptr<const DrawnPicture> recall(const engine::DrawnScene& scene,
                                                           const Camera& camera,
                                                           const SceneColors& colors = nullptr,
                                                           bool byDevice = false);

  [[nodiscard]] TaskRunner& runner() noexcept { return *m_runner; }

private:
  struct Prepared {
    std::shared_ptr<const GaussianCloud> cloud;
    std::unique_ptr<renderer::PreparedCloud> prepared;
  };
  struct Look {
    NativeScene native;
    Camera camera;
    std::shared_ptr<const GaussianCloud> seen;
  };
  [[nodiscard]] Result<const renderer::PreparedCloud*> prepare(
      const std::shared_ptr<const GaussianCloud>& cloud);
  [[nodiscard]] Result<std::shared_ptr<const DrawnPicture>> drawWith(
      const FieldDrawer& device, const engine::DrawnScene& scene, const Camera& camera,
      const std::stop_token& stop, const SceneColors& colors);
  [[nodiscard]] Result<renderer::RenderResult> drawSplats(const engine::DrawnScene& scene,
                                                          const Camera& camera,
                                                          const std::stop_token& stop,
                                                          const SceneColors& colors,
                                                          double& milliseconds);

  std::unique_ptr<TaskRunner> m_runner;
  std::unique_ptr<renderer::Rasterizer> m_rasterizer;
  std::list<Prepared> m_prepared;                             // newest use first
  std::list<Look> m_looks;                                    // newest use first
  std::list<std::shared_ptr<const DrawnPicture>> m_pictures;  // newest use first
};

}  // namespace volpress::studio
