// What edits of a scene show in the viewport: outlines, and handles to drag. Qt-free.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/studio/camera_frusta.hpp"
#include "app/studio/view_camera.hpp"
#include "scene/edit/operations.hpp"

namespace volpress::studio {

struct GizmoHandle {
  Vec3 at{};                        ///< in the shown scene
  std::optional<std::size_t> axis;  ///< x, y or z, whose colour it has; nothing: the middle
};

/// What the viewport draws and hits.
struct Gizmo {
  std::vector<WorldLine> lines;
  std::vector<GizmoHandle> handles;
};

/// The shape of one edit, as it was when its handle was grabbed.
class EditGizmo {
public:
  virtual ~EditGizmo() = default;
  [[nodiscard]] virtual Gizmo gizmo() const = 0;
  /// The edit when a handle of this shape was dragged from one pixel of the camera's picture to
  /// another.
  [[nodiscard]] virtual edit::EditOperation dragged(std::size_t handle, const Camera& camera,
                                                    const std::array<float, 2>& from,
                                                    const std::array<float, 2>& to) const = 0;
};

/// The shape of `edits[index]` in a scene of this extent before all edits; null for edits that have
/// none.
[[nodiscard]] std::unique_ptr<EditGizmo> makeEditGizmo(std::span<const edit::EditOperation> edits,
                                                       std::size_t index,
                                                       const edit::RobustExtent& extent);

/// `value` with as many digits as `size` and `digits` more have: 0.7654321 of a size of 50 and 3 is
/// 0.77. As short in decimal as it can be.
[[nodiscard]] double roundedTo(double value, double size, int digits);

using GizmoPoint = std::array<double, 3>;

struct GizmoRay {
  GizmoPoint origin{};
  GizmoPoint direction{};  ///< not of unit length
};

/// The frame in which an edit is done, and where the edits after it put that frame.
class PlacedFrame {
public:
  PlacedFrame() = default;
  explicit PlacedFrame(const edit::Similarity& placement) : m_placement(placement) {}
  [[nodiscard]] Vec3 toWorld(const GizmoPoint& local) const;
  /// The ray of a pixel, in this frame.
  [[nodiscard]] GizmoRay rayOf(const Camera& camera, const std::array<float, 2>& pixel) const;

private:
  edit::Similarity m_placement;  ///< from this frame to the shown one
};

[[nodiscard]] double dotOf(const GizmoPoint& a, const GizmoPoint& b);
[[nodiscard]] GizmoPoint minus(const GizmoPoint& a, const GizmoPoint& b);
[[nodiscard]] GizmoPoint along(const GizmoPoint& from, const GizmoPoint& direction, double t);

/// Where a ray meets the plane through `point` with this normal; `point` where it does not.
[[nodiscard]] GizmoPoint onPlane(const GizmoPoint& point, const GizmoPoint& normal,
                                 const GizmoRay& ray);

/// How far along an axis (of unit length) from `start` a ray points: where it meets the plane that
/// holds the axis and faces the eye, so that moving the pointer across the axis changes nothing. 0
/// where the axis points at the eye.
[[nodiscard]] double placeOnAxis(const GizmoPoint& start, const GizmoPoint& axis,
                                 const GizmoRay& ray);

}  // namespace volpress::studio
