#include "app/studio/crop_gizmo.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace volpress::studio {
namespace {

constexpr std::size_t kCircleSteps = 64;
constexpr double kLeastRadius = 1e-9;

/// Values as the parameters allow them.
double inRange(double value) { return std::clamp(value, -1e9, 1e9); }

}  // namespace

std::optional<CropShape> CropShape::of(std::span<const edit::EditOperation> edits,
                                       std::size_t index) {
  if (index >= edits.size()) {
    return std::nullopt;
  }
  const edit::EditKind* kind = edit::findEditKind(edits[index].kind);
  if (kind == nullptr || (kind->id != "crop-box" && kind->id != "crop-sphere")) {
    return std::nullopt;
  }
  CropShape shape;
  shape.m_operation = edits[index];
  const auto params = completeParams(kind->params, edits[index].params);
  const auto placement = edit::placementOf(edits.subspan(index + 1));
  if (!params || !placement) {
    return std::nullopt;
  }
  shape.m_frame = PlacedFrame(*placement);
  shape.m_isBox = kind->id == "crop-box";
  if (shape.m_isBox) {
    shape.m_low = {paramReal(*params, "min_x"), paramReal(*params, "min_y"),
                   paramReal(*params, "min_z")};
    shape.m_high = {paramReal(*params, "max_x"), paramReal(*params, "max_y"),
                    paramReal(*params, "max_z")};
  } else {
    shape.m_low = {paramReal(*params, "x"), paramReal(*params, "y"), paramReal(*params, "z")};
    shape.m_high = shape.m_low;
    shape.m_radius = paramReal(*params, "radius");
  }
  return shape;
}

GizmoPoint CropShape::middle() const {
  return {(m_low[0] + m_high[0]) / 2, (m_low[1] + m_high[1]) / 2, (m_low[2] + m_high[2]) / 2};
}

GizmoPoint CropShape::handleAt(std::size_t handle) const {
  GizmoPoint at = middle();
  if (handle > 0) {
    const std::size_t axis = (handle - 1) / 2;
    const bool upper = handle % 2 == 0;
    at.at(axis) =
        m_isBox ? (upper ? m_high : m_low).at(axis) : at.at(axis) + (upper ? m_radius : -m_radius);
  }
  return at;
}

Gizmo CropShape::gizmo() const {
  Gizmo gizmo;
  for (std::size_t handle = 0; handle < 7; ++handle) {
    gizmo.handles.push_back({m_frame.toWorld(handleAt(handle)),
                             handle == 0 ? std::nullopt : std::optional((handle - 1) / 2)});
  }
  if (m_isBox) {
    const auto corner = [this](std::size_t bits) {
      return m_frame.toWorld({(bits & 1U) != 0 ? m_high[0] : m_low[0],
                              (bits & 2U) != 0 ? m_high[1] : m_low[1],
                              (bits & 4U) != 0 ? m_high[2] : m_low[2]});
    };
    for (std::size_t bits = 0; bits < 8; ++bits) {
      for (const std::size_t axis : {1U, 2U, 4U}) {
        if ((bits & axis) == 0) {
          gizmo.lines.push_back({corner(bits), corner(bits | axis), FrustumKind::Crop});
        }
      }
    }
    return gizmo;
  }
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const auto point = [&](std::size_t step) {
      const double angle =
          2 * std::numbers::pi * static_cast<double>(step) / static_cast<double>(kCircleSteps);
      GizmoPoint at = m_low;
      at.at((axis + 1) % 3) += m_radius * std::cos(angle);
      at.at((axis + 2) % 3) += m_radius * std::sin(angle);
      return m_frame.toWorld(at);
    };
    for (std::size_t step = 0; step < kCircleSteps; ++step) {
      gizmo.lines.push_back({point(step), point(step + 1), FrustumKind::Crop});
    }
  }
  return gizmo;
}

edit::EditOperation CropShape::dragged(std::size_t handle, const Camera& camera,
                                       const std::array<float, 2>& from,
                                       const std::array<float, 2>& to) const {
  const GizmoRay before = m_frame.rayOf(camera, from);
  const GizmoRay after = m_frame.rayOf(camera, to);
  const GizmoPoint start = handleAt(handle);
  edit::EditOperation operation = m_operation;
  // Digits that no hand can place would only make command lines long.
  const double size =
      m_isBox ? std::max({m_high[0] - m_low[0], m_high[1] - m_low[1], m_high[2] - m_low[2]})
              : m_radius;
  const auto kept = [size](double value) { return inRange(roundedTo(value, size, 4)); };
  const auto setPoint = [&](const std::array<const char*, 3>& names, const GizmoPoint& point) {
    for (std::size_t c = 0; c < 3; ++c) {
      operation.params[names.at(c)] = kept(point.at(c));
    }
  };
  if (handle == 0) {
    const GizmoPoint normal = m_frame.rayOf(camera, {camera.cx, camera.cy}).direction;
    const GizmoPoint step = minus(onPlane(start, normal, after), onPlane(start, normal, before));
    if (m_isBox) {
      setPoint({"min_x", "min_y", "min_z"}, along(m_low, step, 1));
      setPoint({"max_x", "max_y", "max_z"}, along(m_high, step, 1));
    } else {
      setPoint({"x", "y", "z"}, along(m_low, step, 1));
    }
    return operation;
  }
  const std::size_t axis = (handle - 1) / 2;
  const bool upper = handle % 2 == 0;
  GizmoPoint direction{};
  direction.at(axis) = upper ? 1 : -1;
  const double step = placeOnAxis(start, direction, after) - placeOnAxis(start, direction, before);
  if (!m_isBox) {
    operation.params["radius"] = std::max(kept(m_radius + step), kLeastRadius);
    return operation;
  }
  // A side stops at the other one.
  constexpr std::array<std::array<const char*, 3>, 2> kNames{
      {{"min_x", "min_y", "min_z"}, {"max_x", "max_y", "max_z"}}};
  const double value = start.at(axis) + (upper ? step : -step);
  operation.params[kNames.at(upper ? 1 : 0).at(axis)] =
      upper ? std::max(kept(value), m_low.at(axis)) : std::min(kept(value), m_high.at(axis));
  return operation;
}

}  // namespace volpress::studio
