#include "scene/formats/cameras_json.hpp"

#include <cmath>

#include <nlohmann/json.hpp>

namespace volpress::formats {
namespace {

using nlohmann::json;

constexpr double kMaxSide = 16384;
constexpr double kMaxPosition = 1e9;

Result<double> number(const json& camera, const char* key, double low, double high,
                      std::size_t index) {
  const auto found = camera.find(key);
  if (found == camera.end() || !found->is_number()) {
    return fail(ErrorCode::CorruptData, "camera {}: '{}' must be a number", index, key);
  }
  const double value = found->get<double>();
  if (!(value >= low && value <= high)) {
    return fail(ErrorCode::CorruptData, "camera {}: '{}' is {}, but {} .. {} is allowed", index,
                key, value, low, high);
  }
  return value;
}

Result<double> optionalNumber(const json& camera, const char* key, double fallback,
                              std::size_t index) {
  if (!camera.contains(key)) {
    return fallback;
  }
  return number(camera, key, -kMaxSide, 2 * kMaxSide, index);
}

Result<std::array<float, 3>> vector3(const json& values, const char* key, double limit,
                                     std::size_t index) {
  if (!values.is_array() || values.size() != 3) {
    return fail(ErrorCode::CorruptData, "camera {}: '{}' must hold 3 numbers", index, key);
  }
  std::array<float, 3> out{};
  for (std::size_t i = 0; i < 3; ++i) {
    if (!values[i].is_number()) {
      return fail(ErrorCode::CorruptData, "camera {}: '{}' must hold 3 numbers", index, key);
    }
    const double value = values[i].get<double>();
    if (!(std::abs(value) <= limit)) {
      return fail(ErrorCode::CorruptData, "camera {}: '{}' holds {}, but +-{} is allowed", index,
                  key, value, limit);
    }
    out[i] = static_cast<float>(value);
  }
  return out;
}

/// Rows of `world` (camera to world) become columns of the world-to-camera matrix.
Result<std::array<float, 9>> worldToCamera(const json& rows, std::size_t index) {
  if (!rows.is_array() || rows.size() != 3) {
    return fail(ErrorCode::CorruptData, "camera {}: 'rotation' must hold 3 rows", index);
  }
  std::array<float, 9> out{};
  for (std::size_t r = 0; r < 3; ++r) {
    VOLPRESS_TRY(const auto row, vector3(rows[r], "rotation", 1.1, index));
    for (std::size_t c = 0; c < 3; ++c) {
      out[3 * c + r] = row[c];
    }
  }
  for (std::size_t a = 0; a < 3; ++a) {
    for (std::size_t b = a; b < 3; ++b) {
      float dot = 0;
      for (std::size_t c = 0; c < 3; ++c) {
        dot += out[3 * a + c] * out[3 * b + c];
      }
      if (std::abs(dot - (a == b ? 1.0F : 0.0F)) > 1e-2F) {
        return fail(ErrorCode::CorruptData, "camera {}: 'rotation' is not a rotation matrix",
                    index);
      }
    }
  }
  return out;
}

Result<View> parseCamera(const json& entry, std::size_t index) {
  if (!entry.is_object()) {
    return fail(ErrorCode::CorruptData, "camera {} is not an object", index);
  }
  for (const char* key : {"position", "rotation"}) {
    if (!entry.contains(key)) {
      return fail(ErrorCode::CorruptData, "camera {}: '{}' is missing", index, key);
    }
  }
  View view;
  VOLPRESS_TRY(const double width, number(entry, "width", 1, kMaxSide, index));
  VOLPRESS_TRY(const double height, number(entry, "height", 1, kMaxSide, index));
  VOLPRESS_TRY(const double fx, number(entry, "fx", 1e-3, 1e7, index));
  VOLPRESS_TRY(const double fy, number(entry, "fy", 1e-3, 1e7, index));
  VOLPRESS_TRY(const double cx, optionalNumber(entry, "cx", 0.5 * width, index));
  VOLPRESS_TRY(const double cy, optionalNumber(entry, "cy", 0.5 * height, index));
  VOLPRESS_TRY(view.camera.position, vector3(entry["position"], "position", kMaxPosition, index));
  VOLPRESS_TRY(view.camera.rotation, worldToCamera(entry["rotation"], index));
  view.camera.width = static_cast<std::size_t>(width);
  view.camera.height = static_cast<std::size_t>(height);
  view.camera.fx = static_cast<float>(fx);
  view.camera.fy = static_cast<float>(fy);
  view.camera.cx = static_cast<float>(cx);
  view.camera.cy = static_cast<float>(cy);
  const auto name = entry.find("img_name");
  view.name = name != entry.end() && name->is_string() ? name->get<std::string>()
                                                       : fmt::format("camera {}", index);
  return view;
}

}  // namespace

Result<std::vector<View>> parseCamerasJson(ByteView file) {
  const std::string_view text = viewText(file);
  const json root = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (root.is_discarded() || !root.is_array()) {
    return fail(ErrorCode::CorruptData, "this is not a camera list (a JSON array is expected)");
  }
  if (root.empty() || root.size() > kMaxCameras) {
    return fail(ErrorCode::CorruptData, "the list holds {} cameras, but 1 .. {} are allowed",
                root.size(), kMaxCameras);
  }
  std::vector<View> views;
  views.reserve(root.size());
  for (std::size_t i = 0; i < root.size(); ++i) {
    VOLPRESS_TRY(View view, parseCamera(root[i], i));
    views.push_back(std::move(view));
  }
  return views;
}

}  // namespace volpress::formats
