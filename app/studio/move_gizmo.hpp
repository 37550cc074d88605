// Arrows, rings and rulers of the edits that move, turn and resize a scene. Qt-free.
#pragma once

#include "app/studio/edit_gizmo.hpp"

namespace volpress::studio {

/// An edit that moves the scene: arrows at its middle (translate), rings around the origin about
/// which it turns (rotate), rulers from that origin (scale), along the axes of the frame that the
/// edit makes.
class MoveShape final : public EditGizmo {
public:
  /// Nothing when `edits[index]` does not move the scene.
  [[nodiscard]] static std::optional<MoveShape> of(std::span<const edit::EditOperation> edits,
                                                   std::size_t index,
                                                   const edit::RobustExtent& extent);

  /// Of arrows, handle 0 is the middle and 1 to 3 are the tips of x, y and z; of rings and rulers,
  /// 0 to 2 are x, y and z.
  [[nodiscard]] Gizmo gizmo() const override;
  /// A tip moves along its axis and the middle across the view; a ring turns about its axis, in
  /// whole tenths of a degree; a ruler's end resizes.
  [[nodiscard]] edit::EditOperation dragged(std::size_t handle, const Camera& camera,
                                            const std::array<float, 2>& from,
                                            const std::array<float, 2>& to) const override;

private:
  enum class Kind { Translate, Rotate, Scale };
  [[nodiscard]] GizmoPoint onRing(std::size_t axis, double angle) const;
  [[nodiscard]] double angleOnRing(std::size_t axis, const GizmoRay& ray) const;
  [[nodiscard]] std::array<double, 3> turned(std::size_t axis, double radians) const;

  edit::EditOperation m_operation;
  PlacedFrame m_frame;
  Kind m_kind = Kind::Translate;
  std::array<double, 3> m_values{};  ///< of the edit: a step, degrees, or a factor
  GizmoPoint m_middle{};             ///< where lines begin, in the edit's frame
  double m_length = 1;               ///< of arrows and rulers; the radius of rings
};

}  // namespace volpress::studio
