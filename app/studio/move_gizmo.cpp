#include "app/studio/move_gizmo.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace volpress::studio {
namespace {

constexpr std::size_t kRingSteps = 96;
constexpr double kDegrees = 180 / std::numbers::pi;
constexpr double kLeastFactor = 1e-6, kMostFactor = 1e6;  // as the edit's parameter allows

GizmoPoint unitOf(std::size_t axis) {
  GizmoPoint unit{};
  unit.at(axis) = 1;
  return unit;
}

std::array<double, 9> times(const std::array<double, 9>& a, const std::array<double, 9>& b) {
  std::array<double, 9> product{};
  for (std::size_t row = 0; row < 3; ++row) {
    for (std::size_t column = 0; column < 3; ++column) {
      for (std::size_t k = 0; k < 3; ++k) {
        product[3 * row + column] += a[3 * row + k] * b[3 * k + column];
      }
    }
  }
  return product;
}

/// The inverse of edit::rotationOfDegrees; with the turn about z left at 0 where x and z are one.
std::array<double, 3> degreesOf(const std::array<double, 9>& r) {
  const double sine = std::clamp(-r[6], -1.0, 1.0);
  if (std::abs(sine) > 1 - 1e-12) {
    return {kDegrees * std::atan2(sine * r[1], r[4]), 90 * sine, 0};
  }
  return {kDegrees * std::atan2(r[7], r[8]), kDegrees * std::asin(sine),
          kDegrees * std::atan2(r[3], r[0])};
}

}  // namespace

std::optional<MoveShape> MoveShape::of(std::span<const edit::EditOperation> edits,
                                       std::size_t index, const edit::RobustExtent& extent) {
  const edit::EditKind* kind =
      index < edits.size() ? edit::findEditKind(edits[index].kind) : nullptr;
  if (kind == nullptr) {
    return std::nullopt;
  }
  MoveShape shape;
  if (kind->id == "rotate") {
    shape.m_kind = Kind::Rotate;
  } else if (kind->id == "scale") {
    shape.m_kind = Kind::Scale;
  } else if (kind->id != "translate") {
    return std::nullopt;
  }
  const auto params = completeParams(kind->params, edits[index].params);
  const auto before = edit::placementOf(edits.first(index + 1));
  const auto after = edit::placementOf(edits.subspan(index + 1));
  if (!params || !before || !after) {
    return std::nullopt;
  }
  shape.m_operation = edits[index];
  shape.m_frame = PlacedFrame(*after);
  if (shape.m_kind == Kind::Scale) {
    shape.m_values[0] = paramReal(*params, "factor");
  } else {
    shape.m_values = {paramReal(*params, "x"), paramReal(*params, "y"), paramReal(*params, "z")};
  }
  // The scene as this edit leaves it.
  const Vec3 centre = PlacedFrame(*before).toWorld({static_cast<double>(extent.centre[0]),
                                                    static_cast<double>(extent.centre[1]),
                                                    static_cast<double>(extent.centre[2])});
  const GizmoPoint middle{static_cast<double>(centre[0]), static_cast<double>(centre[1]),
                          static_cast<double>(centre[2])};
  const double radius = std::max(1e-9, static_cast<double>(extent.radius) * before->scale);
  if (shape.m_kind == Kind::Translate) {
    shape.m_middle = middle;
    shape.m_length = radius;
  } else {
    shape.m_length = std::max(radius, std::sqrt(dotOf(middle, middle)));
  }
  return shape;
}

GizmoPoint MoveShape::onRing(std::size_t axis, double angle) const {
  GizmoPoint at{};
  at.at((axis + 1) % 3) = m_length * std::cos(angle);
  at.at((axis + 2) % 3) = m_length * std::sin(angle);
  return at;
}

double MoveShape::angleOnRing(std::size_t axis, const GizmoRay& ray) const {
  const GizmoPoint at = onPlane({}, unitOf(axis), ray);
  return std::atan2(at.at((axis + 2) % 3), at.at((axis + 1) % 3));
}

Gizmo MoveShape::gizmo() const {
  Gizmo gizmo;
  const auto place = [this](const GizmoPoint& at) { return m_frame.toWorld(at); };
  if (m_kind == Kind::Translate) {
    gizmo.handles.push_back({place(m_middle), std::nullopt});
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    if (m_kind == Kind::Rotate) {
      for (std::size_t step = 0; step < kRingSteps; ++step) {
        const double angle = 2 * std::numbers::pi / static_cast<double>(kRingSteps);
        gizmo.lines.push_back({place(onRing(axis, angle * static_cast<double>(step))),
                               place(onRing(axis, angle * static_cast<double>(step + 1))),
                               FrustumKind::Crop});
      }
      gizmo.handles.push_back({place(onRing(axis, std::numbers::pi / 4)), axis});
      continue;
    }
    const Vec3 tip = place(along(m_middle, unitOf(axis), m_length));
    gizmo.lines.push_back({place(m_middle), tip, FrustumKind::Crop});
    gizmo.handles.push_back({tip, axis});
  }
  return gizmo;
}

/// The edit's degrees with one more turn about an axis of its frame after it.
std::array<double, 3> MoveShape::turned(std::size_t axis, double radians) const {
  std::array<double, 3> more{};
  more.at(axis) = kDegrees * radians;
  std::array<double, 3> degrees =
      degreesOf(times(edit::rotationOfDegrees(more), edit::rotationOfDegrees(m_values)));
  for (double& angle : degrees) {
    angle = std::round(10 * angle) / 10 + 0.0;  // no "-0"
  }
  return degrees;
}

edit::EditOperation MoveShape::dragged(std::size_t handle, const Camera& camera,
                                       const std::array<float, 2>& from,
                                       const std::array<float, 2>& to) const {
  const GizmoRay before = m_frame.rayOf(camera, from);
  const GizmoRay after = m_frame.rayOf(camera, to);
  edit::EditOperation operation = m_operation;
  const auto set = [&operation](const std::array<double, 3>& values) {
    operation.params["x"] = values[0];
    operation.params["y"] = values[1];
    operation.params["z"] = values[2];
  };
  if (m_kind == Kind::Rotate) {
    set(turned(handle, angleOnRing(handle, after) - angleOnRing(handle, before)));
    return operation;
  }
  if (m_kind == Kind::Scale) {
    const GizmoPoint axis = unitOf(handle);
    const double start = placeOnAxis({}, axis, before);
    const double end = placeOnAxis({}, axis, after);
    if (start > 0 && end > 0) {
      const double factor = std::clamp(m_values[0] * end / start, kLeastFactor, kMostFactor);
      operation.params["factor"] = roundedTo(factor, factor, 3);
    }
    return operation;
  }
  GizmoPoint step{};
  if (handle == 0) {
    const GizmoPoint normal = m_frame.rayOf(camera, {camera.cx, camera.cy}).direction;
    step = minus(onPlane(m_middle, normal, after), onPlane(m_middle, normal, before));
  } else {
    const GizmoPoint tip = along(m_middle, unitOf(handle - 1), m_length);
    step.at(handle - 1) =
        placeOnAxis(tip, unitOf(handle - 1), after) - placeOnAxis(tip, unitOf(handle - 1), before);
  }
  GizmoPoint values = along(m_values, step, 1);
  for (double& value : values) {
    value = std::clamp(roundedTo(value, m_length, 4), -1e9, 1e9);
  }
  set(values);
  return operation;
}

}  // namespace volpress::studio
