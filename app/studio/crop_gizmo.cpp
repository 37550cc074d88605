#include "app/studio/crop_gizmo.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace volpress::studio {
namespace {

using Point = std::array<double, 3>;

constexpr std::size_t kCircleSteps = 64;
constexpr double kLeastRadius = 1e-9;

double dot(const Point& a, const Point& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

Point minus(const Point& a, const Point& b) { return {a[0] - b[0], a[1] - b[1], a[2] - b[2]}; }

Point along(const Point& from, const Point& direction, double t) {
  return {from[0] + t * direction[0], from[1] + t * direction[1], from[2] + t * direction[2]};
}

/// Where a ray meets the plane through `point` with this normal; `point` where it does not.
Point onPlane(const Point& point, const Point& normal, const Point& origin,
              const Point& direction) {
  const double slope = dot(normal, direction);
  if (std::abs(slope) < 1e-12) {
    return point;
  }
  return along(origin, direction, dot(normal, minus(point, origin)) / slope);
}

/// How far along an axis (of unit length) from `start` a ray points: where it meets the plane that
/// holds the axis and faces the eye, so that moving the pointer across the axis changes nothing. 0
/// where the axis points at the eye.
double placeOnAxis(const Point& start, const Point& axis, const Point& origin,
                   const Point& direction) {
  const Point toEye = minus(origin, start);
  const Point normal = along(toEye, axis, -dot(toEye, axis));
  if (!(dot(normal, normal) > 1e-4 * dot(toEye, toEye))) {
    return 0;
  }
  return dot(axis, minus(onPlane(start, normal, origin, direction), start));
}

/// Values as the parameters allow them.
double inRange(double value) { return std::clamp(value, -1e9, 1e9); }

}  // namespace

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
  shape.m_placement = *placement;
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

Vec3 CropShape::toWorld(const Point& local) const {
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

/// The ray of a pixel in the crop's own frame.
CropShape::Ray CropShape::rayOf(const Camera& camera, const std::array<float, 2>& pixel) const {
  const std::array<double, 3> local{static_cast<double>((pixel[0] - camera.cx) / camera.fx),
                                    static_cast<double>((pixel[1] - camera.cy) / camera.fy), 1};
  Point away{};
  Point direction{};
  for (std::size_t c = 0; c < 3; ++c) {
    away[c] = static_cast<double>(camera.position[c]) - m_placement.translation[c];
    for (std::size_t row = 0; row < 3; ++row) {
      direction[c] += static_cast<double>(camera.rotation[3 * row + c]) * local[row];
    }
  }
  Ray ray;
  const auto& r = m_placement.rotation;
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t row = 0; row < 3; ++row) {
      ray.origin[c] += r[3 * row + c] * away[row] / m_placement.scale;
      ray.direction[c] += r[3 * row + c] * direction[row];
    }
  }
  return ray;
}

CropShape::Point CropShape::middle() const {
  return {(m_low[0] + m_high[0]) / 2, (m_low[1] + m_high[1]) / 2, (m_low[2] + m_high[2]) / 2};
}

CropShape::Point CropShape::handleAt(std::size_t handle) const {
  Point at = middle();
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
    gizmo.handles.push_back(toWorld(handleAt(handle)));
  }
  if (m_isBox) {
    const auto corner = [this](std::size_t bits) {
      return toWorld({(bits & 1U) != 0 ? m_high[0] : m_low[0],
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
      Point at = m_low;
      at.at((axis + 1) % 3) += m_radius * std::cos(angle);
      at.at((axis + 2) % 3) += m_radius * std::sin(angle);
      return toWorld(at);
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
  const Ray before = rayOf(camera, from);
  const Ray after = rayOf(camera, to);
  const Point start = handleAt(handle);
  edit::EditOperation operation = m_operation;
  // Digits that no hand can place would only make command lines long.
  const double size =
      m_isBox ? std::max({m_high[0] - m_low[0], m_high[1] - m_low[1], m_high[2] - m_low[2]})
              : m_radius;
  const auto kept = [size](double value) { return inRange(roundedTo(value, size, 4)); };
  const auto setPoint = [&](const std::array<const char*, 3>& names, const Point& point) {
    for (std::size_t c = 0; c < 3; ++c) {
      operation.params[names.at(c)] = kept(point.at(c));
    }
  };
  if (handle == 0) {
    const Point normal = rayOf(camera, {camera.cx, camera.cy}).direction;
    const Point step = minus(onPlane(start, normal, after.origin, after.direction),
                             onPlane(start, normal, before.origin, before.direction));
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
  Point direction{};
  direction.at(axis) = upper ? 1 : -1;
  const double step = placeOnAxis(start, direction, after.origin, after.direction) -
                      placeOnAxis(start, direction, before.origin, before.direction);
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
