#include "app/engine/viewpoint.hpp"

#include <cmath>
#include <numbers>

#include "app/engine/viewpoint_json.hpp"

namespace volpress::engine {
namespace {

/// Row-major world-to-camera matrix of a unit quaternion.
std::array<double, 9> matrixOf(const std::array<double, 4>& q) {
  const double w = q[0];
  const double x = q[1];
  const double y = q[2];
  const double z = q[3];
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

/// Shepperd's method: divides by the largest of the four components.
std::array<double, 4> quaternionOf(const std::array<float, 9>& m) {
  const auto at = [&m](std::size_t r, std::size_t c) { return static_cast<double>(m[3 * r + c]); };
  const double trace = at(0, 0) + at(1, 1) + at(2, 2);
  std::array<double, 4> q{};
  if (trace > 0) {
    const double s = 2 * std::sqrt(trace + 1);
    q = {s / 4, (at(2, 1) - at(1, 2)) / s, (at(0, 2) - at(2, 0)) / s, (at(1, 0) - at(0, 1)) / s};
  } else {
    std::size_t i = 0;
    for (std::size_t k = 1; k < 3; ++k) {
      i = at(k, k) > at(i, i) ? k : i;
    }
    const std::size_t j = (i + 1) % 3;
    const std::size_t k = (i + 2) % 3;
    const double s = 2 * std::sqrt(std::max(1e-12, 1 + at(i, i) - at(j, j) - at(k, k)));
    q[0] = (at(k, j) - at(j, k)) / s;
    q[1 + i] = s / 4;
    q[1 + j] = (at(j, i) + at(i, j)) / s;
    q[1 + k] = (at(k, i) + at(i, k)) / s;
  }
  const double length = std::hypot(std::hypot(q[0], q[1]), std::hypot(q[2], q[3]));
  for (double& value : q) {
    value /= length;
  }
  return q;
}

template <std::size_t N>
Result<std::array<double, N>> numbersFrom(const Json& object, std::string_view field) {
  VOLPRESS_TRY(const Json* list, jsonMember(object, field));
  if (!list->is_array() || list->size() != N) {
    return fail(ErrorCode::CorruptData, "'{}' must hold {} numbers", field, N);
  }
  std::array<double, N> out{};
  for (std::size_t i = 0; i < N; ++i) {
    if (!(*list)[i].is_number()) {
      return fail(ErrorCode::CorruptData, "'{}' must hold {} numbers", field, N);
    }
    out[i] = (*list)[i].template get<double>();
  }
  return out;
}

}  // namespace

Viewpoint viewpointOf(const Camera& camera, double pivotDistance) {
  Viewpoint view;
  for (std::size_t c = 0; c < 3; ++c) {
    view.position[c] = static_cast<double>(camera.position[c]);
  }
  view.rotation = quaternionOf(camera.rotation);
  view.verticalFov =
      2 * std::atan(0.5 * static_cast<double>(camera.height) / static_cast<double>(camera.fy));
  view.pivotDistance = pivotDistance;
  view.nearPlane = static_cast<double>(camera.nearPlane);
  return view;
}

Camera cameraAt(const Viewpoint& view, std::size_t width, std::size_t height) {
  Camera camera;
  camera.width = width;
  camera.height = height;
  camera.fy =
      static_cast<float>(0.5 * static_cast<double>(height) / std::tan(0.5 * view.verticalFov));
  camera.fx = camera.fy;
  camera.cx = 0.5F * static_cast<float>(width);
  camera.cy = 0.5F * static_cast<float>(height);
  const std::array<double, 9> matrix = matrixOf(view.rotation);
  for (std::size_t i = 0; i < 9; ++i) {
    camera.rotation[i] = static_cast<float>(matrix[i]);
  }
  for (std::size_t c = 0; c < 3; ++c) {
    camera.position[c] = static_cast<float>(view.position[c]);
  }
  camera.nearPlane = static_cast<float>(view.nearPlane);
  return camera;
}

std::array<double, 3> forwardOf(const Viewpoint& view) {
  const std::array<double, 9> matrix = matrixOf(view.rotation);
  return {matrix[6], matrix[7], matrix[8]};
}

std::array<double, 3> downOf(const Viewpoint& view) {
  const std::array<double, 9> matrix = matrixOf(view.rotation);
  return {matrix[3], matrix[4], matrix[5]};
}

Result<void> checkViewpoint(const Viewpoint& view, std::string_view what) {
  const auto check = [what](const char* field, double value, double low,
                            double high) -> Result<void> {
    if (!(value >= low && value <= high)) {
      return fail(ErrorCode::CorruptData, "{}: its {} is {}, but {} .. {} is allowed", what, field,
                  value, low, high);
    }
    return {};
  };
  double squared = 0;
  for (const double value : view.rotation) {
    VOLPRESS_CHECK(check("rotation", value, -1.01, 1.01));
    squared += value * value;
  }
  VOLPRESS_CHECK(check("rotation's length", std::sqrt(squared), 0.99, 1.01));
  for (const double value : view.position) {
    VOLPRESS_CHECK(check("position", value, -1e9, 1e9));
  }
  VOLPRESS_CHECK(check("field of view (radians)", view.verticalFov, 0.005, 3.1));
  VOLPRESS_CHECK(check("pivot distance", view.pivotDistance, 1e-9, 1e9));
  return check("near plane", view.nearPlane, 1e-9, 1e6);
}

Json viewpointToJson(const Viewpoint& view) {
  return {{"position", view.position},
          {"rotation", view.rotation},
          {"verticalFovDegrees", view.verticalFov * 180 / std::numbers::pi},
          {"pivotDistance", view.pivotDistance},
          {"nearPlane", view.nearPlane}};
}

Result<Viewpoint> viewpointFromJson(const Json& json, std::string_view what) {
  const auto read = [&json]() -> Result<Viewpoint> {
    Viewpoint view;
    VOLPRESS_TRY(view.position, numbersFrom<3>(json, "position"));
    VOLPRESS_TRY(view.rotation, numbersFrom<4>(json, "rotation"));
    VOLPRESS_TRY(const double degrees, jsonNumber(json, "verticalFovDegrees"));
    view.verticalFov = degrees * std::numbers::pi / 180;
    VOLPRESS_TRY(view.pivotDistance, jsonNumber(json, "pivotDistance"));
    VOLPRESS_TRY(view.nearPlane, jsonNumber(json, "nearPlane"));
    return view;
  };
  auto view = read();
  if (!view) {
    return withContext(view.error(), std::string(what));
  }
  VOLPRESS_CHECK(checkViewpoint(*view, what));
  return view;
}

}  // namespace volpress::engine
