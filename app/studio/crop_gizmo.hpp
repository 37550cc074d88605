// The box or sphere of a crop in the viewport: its outline, and handles to drag. Qt-free.
#pragma once

#include "app/studio/edit_gizmo.hpp"

namespace volpress::studio {

/// A crop, in the frame in which it is done, and where the edits after it put that frame.
class CropShape final : public EditGizmo {
public:
  /// Nothing when `edits[index]` is no crop.
  [[nodiscard]] static std::optional<CropShape> of(std::span<const edit::EditOperation> edits,
                                                   std::size_t index);

  /// Handle 0 is the middle; those of a box lie on its sides (-x, +x, -y, ...), those of a sphere
  /// where its axes leave it.
  [[nodiscard]] Gizmo gizmo() const override;

  /// The crop when a handle of this shape was dragged from one pixel of the camera's picture to
  /// another: a side moves along its axis, the radius grows, the middle moves across the view.
  [[nodiscard]] edit::EditOperation dragged(std::size_t handle, const Camera& camera,
                                            const std::array<float, 2>& from,
                                            const std::array<float, 2>& to) const override;

private:
  [[nodiscard]] GizmoPoint middle() const;
  [[nodiscard]] GizmoPoint handleAt(std::size_t handle) const;

  edit::EditOperation m_operation;
  PlacedFrame m_frame;
  bool m_isBox = false;
  GizmoPoint m_low{};  ///< of a box; the centre of a sphere
  GizmoPoint m_high{};
  double m_radius = 0;
};

}  // namespace volpress::studio
