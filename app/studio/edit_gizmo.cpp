#include "app/studio/edit_gizmo.hpp"

#include <cmath>

#include "app/studio/crop_gizmo.hpp"
#include "app/studio/move_gizmo.hpp"

namespace volpress::studio {

std::unique_ptr<EditGizmo> makeEditGizmo(std::span<const edit::EditOperation> edits,
                                         std::size_t index, const edit::RobustExtent& extent) {
  if (auto crop = CropShape::of(edits, index)) {
    return std::make_unique<CropShape>(*crop);
  }
  if (auto move = MoveShape::of(edits, index, extent)) {
    return std::make_unique<MoveShape>(*move);
  }
  return nullptr;
}

double roundedTo(double value, double size, int digits) {
  const double magnitude = std::abs(size);
  if (!(magnitude > 0) || !std::isfinite(magnitude) || !std::isfinite(value)) {
    return value;
  }
  // By a whole number either way: a quotient of whole numbers is as short as it can be.
  const int places = digits - static_cast<int>(std::floor(std::log10(magnitude)));
  const double power = std::pow(10.0, std::abs(places));
  return places >= 0 ? std::round(value * power) / power : std::round(value / power) * power;
}

double dotOf(const GizmoPoint& a, const GizmoPoint& b) {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

GizmoPoint minus(const GizmoPoint& a, const GizmoPoint& b) {
  return {a[0] - b[0], a[1] - b[1], a[2] - b[2]};
}

GizmoPoint along(const GizmoPoint& from, const GizmoPoint& direction, double t) {
  return {from[0] + t * direction[0], from[1] + t * direction[1], from[2] + t * direction[2]};
}

GizmoPoint onPlane(const GizmoPoint& point, const GizmoPoint& normal, const GizmoRay& ray) {
  const double slope = dotOf(normal, ray.direction);
  if (std::abs(slope) < 1e-12) {
    return point;
  }
  return along(ray.origin, ray.direction, dotOf(normal, minus(point, ray.origin)) / slope);
}

double placeOnAxis(const GizmoPoint& start, const GizmoPoint& axis, const GizmoRay& ray) {
  const GizmoPoint toEye = minus(ray.origin, start);
  const GizmoPoint normal = along(toEye, axis, -dotOf(toEye, axis));
  if (!(dotOf(normal, normal) > 1e-4 * dotOf(toEye, toEye))) {
    return 0;
  }
  return dotOf(axis, minus(onPlane(start, normal, ray), start));
}

Vec3 PlacedFrame::toWorld(const GizmoPoint& local) const {
  const auto& r = m_placement.rotation;
  Vec3 world{};
  for (std::size_t row = 0; row < 3; ++row) {
    world[row] =
        static_cast<float>(m_placement.scale * (r[3 * row] * local[0] + r[3 * row + 1] * local[1] +
                                                r[3 * row + 2] * local[2]) +
                           m_placement.translation[row]);
  }
  return world;
}

GizmoRay PlacedFrame::rayOf(const Camera& camera, const std::array<float, 2>& pixel) const {
  const std::array<double, 3> local{static_cast<double>((pixel[0] - camera.cx) / camera.fx),
                                    static_cast<double>((pixel[1] - camera.cy) / camera.fy), 1};
  GizmoPoint away{};
  GizmoPoint direction{};
  for (std::size_t c = 0; c < 3; ++c) {
    away[c] = static_cast<double>(camera.position[c]) - m_placement.translation[c];
    for (std::size_t row = 0; row < 3; ++row) {
      direction[c] += static_cast<double>(camera.rotation[3 * row + c]) * local[row];
    }
  }
  GizmoRay ray;
  const auto& r = m_placement.rotation;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t row = 0; row < 3; ++row) {
      ray.origin[c] += r[3 * row + c] * away[row] / m_placement.scale;
      ray.direction[c] += r[3 * row + c] * direction[row];
    }
  }
  return ray;
}

}  // namespace volpress::studio
