#include "scene/formats/transforms_json.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numbers>
#include <set>

#include <nlohmann/json.hpp>

#include "scene/base/files.hpp"
#include "scene/formats/cameras_json.hpp"
#include "scene/formats/json_input.hpp"
#include "scene/formats/point_ply.hpp"
#include "scene/formats/pose_math.hpp"

namespace volpress::formats {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using Matrix = std::array<double, 12>;  // 3 x 4, row-major

constexpr std::size_t kMaxFileBytes = std::size_t{256} << 20;

/// Looks keys up in the frame, then at the top of the file.
class Keys {
public:
  Keys(const json& frame, const json& root, std::string what)
      : m_frame(frame), m_root(root), m_what(std::move(what)) {}

  [[nodiscard]] const std::string& what() const { return m_what; }

  [[nodiscard]] const json* find(const char* key) const {
    for (const json* place : {&m_frame, &m_root}) {
      if (const auto found = place->find(key); found != place->end() && !found->is_null()) {
        return &*found;
      }
    }
    return nullptr;
  }

  [[nodiscard]] Result<std::optional<double>> number(const char* key) const {
    const json* const found = find(key);
    if (found == nullptr) {
      return std::nullopt;
    }
    if (!found->is_number()) {
      return fail(ErrorCode::CorruptData, "{}: '{}' must be a number", m_what, key);
    }
    return found->get<double>();
  }

  [[nodiscard]] Result<double> numberOr(const char* key, double fallback) const {
    VOLPRESS_TRY(const auto found, number(key));
    return found.value_or(fallback);
  }

private:
  const json& m_frame;
  const json& m_root;
  std::string m_what;
};

Result<Matrix> parseMatrix(const json& rows, const std::string& what, const char* key) {
  const auto bad = [&] {
    return fail(ErrorCode::CorruptData, "{}: '{}' must hold 3 or 4 rows of 4 numbers", what, key);
  };
  if (!rows.is_array() || (rows.size() != 3 && rows.size() != 4)) {
    return bad();
  }
  Matrix out{};
  for (std::size_t r = 0; r < rows.size(); ++r) {
    if (!rows[r].is_array() || rows[r].size() != 4) {
      return bad();
    }
    for (std::size_t c = 0; c < 4; ++c) {
      if (!rows[r][c].is_number()) {
        return bad();
      }
      if (r < 3) {
        out[4 * r + c] = rows[r][c].get<double>();
      }
    }
  }
  return out;
}

/// Camera to world with y up and z back becomes world to camera with y down and z forward. A scaled
/// camera (exports of modelling programs have them) is one without its scale.
Result<void> applyPose(Camera& camera, const Matrix& cameraToWorld, const std::string& what) {
  std::array<double, 9> rotation{};
  for (std::size_t axis = 0; axis < 3; ++axis) {
    const double x = cameraToWorld[axis];
    const double y = cameraToWorld[4 + axis];
    const double z = cameraToWorld[8 + axis];
    const double length = std::hypot(x, y, z);
    if (!(length > 1e-6 && length < 1e6)) {
      return fail(ErrorCode::CorruptData, "{}: 'transform_matrix' scales axis {} by {}", what, axis,
                  length);
    }
    const double sign = axis == 0 ? 1 : -1;
    rotation[3 * axis] = sign * x / length;
    rotation[3 * axis + 1] = sign * y / length;
    rotation[3 * axis + 2] = sign * z / length;
  }
  return setPose(camera, rotation, {cameraToWorld[3], cameraToWorld[7], cameraToWorld[11]}, what);
}

/// Focal length of one side from pixels, radians or degrees; nothing where the file has none.
Result<std::optional<double>> focalLength(const Keys& keys, bool horizontal, double side) {
  VOLPRESS_TRY(const auto pixels, keys.number(horizontal ? "fl_x" : "fl_y"));
  if (pixels) {
    return pixels;
  }
  VOLPRESS_TRY(auto angle, keys.number(horizontal ? "camera_angle_x" : "camera_angle_y"));
  if (!angle) {
    VOLPRESS_TRY(const auto degrees, keys.number(horizontal ? "x_fov" : "y_fov"));
    if (!degrees) {
      return std::nullopt;
    }
    angle = *degrees * std::numbers::pi / 180;
  }
  if (!(*angle > 1e-4 && *angle < std::numbers::pi - 1e-4)) {
    return fail(ErrorCode::CorruptData,
                "{}: its {} angle of view is {} radians, but one between 0 and pi is allowed",
                keys.what(), horizontal ? "horizontal" : "vertical", *angle);
  }
  return 0.5 * side / std::tan(0.5 * *angle);
}

Result<bool> isFisheye(const Keys& keys) {
  if (const json* const flag = keys.find("is_fisheye");
      flag != nullptr && flag->is_boolean() && flag->get<bool>()) {
    return true;
  }
  const json* const model = keys.find("camera_model");
  if (model == nullptr) {
    return false;
  }
  if (!model->is_string()) {
    return fail(ErrorCode::CorruptData, "{}: 'camera_model' must be a text", keys.what());
  }
  const auto& name = model->get_ref<const std::string&>();
  if (name == "OPENCV_FISHEYE") {
    return true;
  }
  constexpr std::array<std::string_view, 6> kPerspective{
      "OPENCV", "PINHOLE", "FULL_OPENCV", "SIMPLE_PINHOLE", "RADIAL", "SIMPLE_RADIAL"};
  if (std::find(kPerspective.begin(), kPerspective.end(), name) == kPerspective.end()) {
    return fail(ErrorCode::UnsupportedVersion, "{}: camera model '{}' is not supported",
                keys.what(), name.substr(0, 40));
  }
  return false;
}

Result<void> readDistortion(const Keys& keys, Lens& lens) {
  std::array<double, 6> k{};
  constexpr std::array<const char*, 6> kRadial{"k1", "k2", "k3", "k4", "k5", "k6"};
  for (std::size_t i = 0; i < k.size(); ++i) {
    VOLPRESS_TRY(k[i], keys.numberOr(kRadial[i], 0));
  }
  VOLPRESS_TRY(const double p1, keys.numberOr("p1", 0));
  VOLPRESS_TRY(const double p2, keys.numberOr("p2", 0));
  VOLPRESS_TRY(const bool fisheye, isFisheye(keys));
  if (fisheye) {
    lens.model = LensModel::OpenCvFisheye;
    std::copy_n(k.begin(), 4, lens.extras.begin());
  } else if (std::any_of(k.begin() + 2, k.end(), [](double value) { return value != 0; })) {
    lens.model = LensModel::FullOpenCv;
    lens.extras = {k[0], k[1], p1, p2, k[2], k[3], k[4], k[5]};
  } else if (k[0] != 0 || k[1] != 0 || p1 != 0 || p2 != 0) {
    lens.model = LensModel::OpenCv;
    lens.extras = {k[0], k[1], p1, p2};
  }
  return {};
}

Result<PosedImage> parseFrame(const json& frame, const json& root, std::size_t index,
                              const PhotographLookup& lookup) {
  const Keys keys(frame, root, fmt::format("frame {}", index));
  const std::string& what = keys.what();
  if (!frame.is_object() || !frame.contains("transform_matrix")) {
    return fail(ErrorCode::CorruptData, "{}: 'transform_matrix' is missing", what);
  }
  const auto file = frame.find("file_path");
  if (file == frame.end() || !file->is_string()) {
    return fail(ErrorCode::CorruptData, "{}: 'file_path' must be a text", what);
  }
  PosedImage image;
  image.name = file->get<std::string>();
  image.path = lookup.find(image.name);

  VOLPRESS_TRY(auto width, keys.number("w"));
  VOLPRESS_TRY(auto height, keys.number("h"));
  if (!width || !height) {
    const auto size = lookup.size(image.path);
    if (!size) {
      return fail(ErrorCode::CorruptData,
                  "{}: the file does not state the picture's size ('w', 'h'), and its photograph "
                  "cannot tell: {}",
                  what, size.error().message);
    }
    width = static_cast<double>(size->width);
    height = static_cast<double>(size->height);
  }
  Lens lens;
  VOLPRESS_TRY(const auto fx, focalLength(keys, true, *width));
  VOLPRESS_TRY(const auto fy, focalLength(keys, false, *height));
  if (!fx && !fy) {
    return fail(ErrorCode::CorruptData,
                "{}: no focal length is there ('fl_x', 'camera_angle_x' or 'x_fov')", what);
  }
  lens.fx = fx ? *fx : *fy;
  lens.fy = fy ? *fy : *fx;
  VOLPRESS_TRY(lens.cx, keys.numberOr("cx", 0.5 * *width));
  VOLPRESS_TRY(lens.cy, keys.numberOr("cy", 0.5 * *height));
  VOLPRESS_CHECK(readDistortion(keys, lens));
  VOLPRESS_CHECK(setLens(image, lens, *width, *height, what));
  VOLPRESS_TRY(const Matrix pose, parseMatrix(frame["transform_matrix"], what, "transform_matrix"));
  VOLPRESS_CHECK(applyPose(image.camera, pose, what));
  return image;
}

/// The frames that nerfstudio's lists keep for testing.
std::set<std::string> namesHeldOut(const json& root) {
  std::set<std::string> names;
  for (const char* key : {"val_filenames", "test_filenames"}) {
    if (const auto list = root.find(key); list != root.end() && list->is_array()) {
      for (const json& name : *list) {
        if (name.is_string()) {
          names.insert(name.get<std::string>());
        }
      }
    }
  }
  return names;
}

/// What instant-ngp's own keys say: aabb_scale, scale, offset.
Result<FieldPlacement> parsePlacement(const json& root) {
  FieldPlacement placement;
  if (const auto side = root.find("aabb_scale"); side != root.end()) {
    VOLPRESS_TRY(const std::uint64_t value, wholeNumber(*side, "aabb_scale", 1, 128));
    if (!std::has_single_bit(value)) {
      return fail(ErrorCode::CorruptData, "aabb_scale is {}, allowed are powers of two up to 128",
                  value);
    }
    placement.aabbScale = static_cast<unsigned>(value);
  }
  if (const auto scale = root.find("scale"); scale != root.end() && scale->is_number()) {
    placement.scale = scale->get<float>();
  }
  if (const auto offset = root.find("offset");
      offset != root.end() && offset->is_array() && offset->size() == 3 &&
      std::all_of(offset->begin(), offset->end(), [](const json& v) { return v.is_number(); })) {
    for (std::size_t i = 0; i < 3; ++i) {
      placement.offset[i] = (*offset)[i].get<float>();
    }
  }
  const auto& [x, y, z] = placement.offset;
  if (!(placement.scale > 0) || !std::isfinite(placement.scale + x + y + z)) {
    return fail(ErrorCode::CorruptData, "scale and offset are {} and ({}, {}, {})", placement.scale,
                x, y, z);
  }
  return placement;
}

fs::path findPhotograph(const fs::path& folder, const std::string& name) {
  std::string portable = name;
  std::replace(portable.begin(), portable.end(), '\\', '/');
  fs::path stated = (folder / portable).lexically_normal();
  std::error_code ignored;
  if (fs::is_regular_file(stated, ignored)) {
    return stated;
  }
  for (const char* extension : {".png", ".jpg", ".jpeg", ".webp"}) {
    fs::path candidate = stated;
    candidate += extension;
    if (fs::is_regular_file(candidate, ignored)) {
      return candidate;
    }
  }
  return stated;
}

}  // namespace

Result<TransformsFile> parseTransformsJson(ByteView file, const PhotographLookup& lookup) {
  const std::string_view text = viewText(file);
  const json root = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false,
                                /*ignore_comments=*/true);
  if (root.is_discarded() || !root.is_object() || !root.contains("frames") ||
      !root["frames"].is_array()) {
    return fail(ErrorCode::NotThisFormat,
                "this is not a transforms.json (a JSON object with 'frames' is expected)");
  }
  const json& frames = root["frames"];
  if (frames.empty() || frames.size() > kMaxCameras) {
    return fail(ErrorCode::CorruptData, "it holds {} frames, but 1 .. {} are allowed",
                frames.size(), kMaxCameras);
  }
  TransformsFile result;
  PosedImages& out = result.posed;
  if (const auto points = root.find("ply_file_path"); points != root.end() && points->is_string()) {
    result.pointsName = points->get<std::string>();
  }
  if (const auto applied = root.find("applied_transform"); applied != root.end()) {
    VOLPRESS_TRY(const Matrix matrix, parseMatrix(*applied, "the file", "applied_transform"));
    std::transform(matrix.begin(), matrix.end(), out.appliedTransform.begin(),
                   [](double value) { return static_cast<float>(value); });
  }
  VOLPRESS_TRY(out.placement, parsePlacement(root));
  const std::set<std::string> heldOut = namesHeldOut(root);
  for (std::size_t i = 0; i < frames.size(); ++i) {
    VOLPRESS_TRY(PosedImage image, parseFrame(frames[i], root, i, lookup));
    image.heldOut = heldOut.count(image.name) != 0;
    out.images.push_back(std::move(image));
  }
  return result;
}

Result<PosedImages> readTransformsJson(const fs::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  if (file.bytes().size() > kMaxFileBytes) {
    return fail(ErrorCode::CorruptData, "{}: holds {} bytes, but a camera list has at most {}",
                path.string(), file.bytes().size(), kMaxFileBytes);
  }
  const fs::path folder = path.parent_path();
  const PhotographLookup lookup{
      [&folder](const std::string& name) { return findPhotograph(folder, name); },
      [](const fs::path& photograph) { return readPictureSize(photograph); }};
  auto parsed = parseTransformsJson(file.bytes(), lookup);
  if (!parsed) {
    return withContext(parsed.error(), path.string());
  }
  parsed->posed.origin = path.filename().string();
  std::error_code ignored;
  const fs::path points = folder / parsed->pointsName;
  if (!parsed->pointsName.empty() && fs::is_regular_file(points, ignored)) {
    VOLPRESS_TRY(const MappedFile cloud, MappedFile::open(points));
    if (const auto read = parsePointPly(cloud.bytes(), parsed->posed); !read) {
      return withContext(read.error(), points.string());
    }
  }
  return std::move(parsed->posed);
}

}  // namespace volpress::formats
