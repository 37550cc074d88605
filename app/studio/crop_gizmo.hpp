// The box or sphere of a crop in the viewport: its outline, and handles to drag. Qt-free.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/studio/camera_frusta.hpp"
#include "app/studio/view_camera.hpp"
#include "scene/edit/operations.hpp"

namespace volpress::studio {

/// `value` with as many digits as `size` and `digits` more have: 0.7654321 of a size of 50 and 3 is
/// 0.77. As short in decimal as it can be.
[[nodiscard]] double roundedTo(double value, double size, int digits);

/// What the viewport draws and hits.
struct Gizmo {
  std::vector<WorldLine> lines;
  std::vector<Vec3> handles;
};

/// A crop, in the frame in which it is done, and where the edits after it put that frame.
class CropShape {
public:
  /// Nothing when `edits[index]` is no crop.
  [[nodiscard]] static std::optional<CropShape> of(std::span<const edit::EditOperation> edits,
                                                   std::size_t index);

  /// Handle 0 is the middle; those of a box lie on its sides (-x, +x, -y, ...), those of a sphere
  /// where its axes leave it.
  [[nodiscard]] Gizmo gizmo() const;

  /// The crop when a handle of this shape was dragged from one pixel of the camera's picture to
  /// another: a side moves along its axis, the radius grows, the middle moves across the view.
  [[nodiscard]] edit::EditOperation dragged(std::size_t handle, const Camera& camera,
                                            const std::array<float, 2>& from,
                                            const std::array<float, 2>& to) const;

private:
  using Point = std::array<double, 3>;
  struct Ray {
    Point origin{};
    Point direction{};  ///< not of unit length
  };
  [[nodiscard]] Vec3 toWorld(const Point& local) const;
  [[nodiscard]] Ray rayOf(const Camera& camera, const std::array<float, 2>& pixel) const;
  [[nodiscard]] Point middle() const;
  [[nodiscard]] Point handleAt(std::size_t handle) const;

  edit::EditOperation m_operation;
  edit::Similarity m_placement;  ///< from the crop's frame to the shown one
  bool m_isBox = false;
  Point m_low{};  ///< of a box; the centre of a sphere
  Point m_high{};
  double m_radius = 0;
};

}  // namespace volpress::studio
