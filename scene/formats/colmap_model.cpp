#include "scene/formats/colmap_model.hpp"

#include <algorithm>
#include <cmath>

#include "scene/base/files.hpp"
#include "scene/formats/colmap_records.hpp"
#include "scene/formats/pose_math.hpp"

namespace volpress::formats {
namespace {

namespace fs = std::filesystem;

/// Row-major matrix of a unit quaternion w x y z.
std::array<double, 9> rotationMatrix(const std::array<double, 4>& q) {
  const double w = q[0];
  const double x = q[1];
  const double y = q[2];
  const double z = q[3];
  return {1 - 2 * (y * y + z * z), 2 * (x * y - w * z),     2 * (x * z + w * y),
          2 * (x * y + w * z),     1 - 2 * (x * x + z * z), 2 * (y * z - w * x),
          2 * (x * z - w * y),     2 * (y * z + w * x),     1 - 2 * (x * x + y * y)};
}

bool holdsModel(const fs::path& folder) {
  std::error_code ignored;
  const auto holds = [&](const char* stem) {
    return fs::is_regular_file(folder / (std::string(stem) + ".bin"), ignored) ||
           fs::is_regular_file(folder / (std::string(stem) + ".txt"), ignored);
  };
  return holds("cameras") && holds("images");
}

struct ModelFile {
  fs::path path;
  ColmapEncoding encoding = ColmapEncoding::Binary;
};

/// The binary file where there is one.
ModelFile modelFile(const fs::path& folder, const char* stem) {
  std::error_code ignored;
  const fs::path binary = folder / (std::string(stem) + ".bin");
  if (fs::is_regular_file(binary, ignored)) {
    return {binary, ColmapEncoding::Binary};
  }
  return {folder / (std::string(stem) + ".txt"), ColmapEncoding::Text};
}

fs::path photographsFolder(const fs::path& model) {
  std::error_code ignored;
  fs::path above = fs::absolute(model, ignored).lexically_normal();
  for (int level = 0; level < 3; ++level) {
    if (fs::is_directory(above / "images", ignored)) {
      return above / "images";
    }
    above = above.parent_path();
  }
  return {};
}

/// `name` under `folder`; empty if it would leave it.
fs::path photographPath(const fs::path& folder, const std::string& name) {
  const fs::path relative = fs::path(name).lexically_normal();
  if (folder.empty() || relative.empty() || relative.is_absolute() || *relative.begin() == "..") {
    return {};
  }
  return folder / relative;
}

}  // namespace

Result<void> addColmapCamera(const ColmapCameraRecord& record, ColmapCameras& cameras) {
  const std::string what = fmt::format("camera {}", record.id);
  const LensModelInfo& model = *record.model;
  ColmapCamera camera;
  camera.lens.model = model.model;
  const std::span<const double> values(record.parameters);
  camera.lens.fx = values[0];
  camera.lens.fy = values[model.focals - 1];
  camera.lens.cx = values[model.focals];
  camera.lens.cy = values[model.focals + 1];
  std::copy_n(values.begin() + static_cast<std::ptrdiff_t>(model.focals) + 2, model.extras,
              camera.lens.extras.begin());
  PosedImage checked;
  VOLPRESS_CHECK(setLens(checked, camera.lens, static_cast<double>(record.width),
                         static_cast<double>(record.height), what));
  camera.width = checked.camera.width;
  camera.height = checked.camera.height;
  if (!cameras.emplace(record.id, camera).second) {
    return fail(ErrorCode::CorruptData, "{} is there twice", what);
  }
  return {};
}

Result<PosedImage> poseColmapImage(const ColmapImageRecord& record, const ColmapCameras& cameras) {
  const std::string what = fmt::format("image {}", record.id);
  const auto camera = cameras.find(record.camera);
  if (camera == cameras.end()) {
    return fail(ErrorCode::CorruptData, "{}: its camera {} is not in the list of cameras", what,
                record.camera);
  }
  std::array<double, 4> quaternion = record.quaternion;
  const double length = std::hypot(std::hypot(quaternion[0], quaternion[1]),
                                   std::hypot(quaternion[2], quaternion[3]));
  if (!(length > 1e-6 && length < 1e6)) {
    return fail(ErrorCode::CorruptData, "{}: its quaternion has length {}", what, length);
  }
  for (double& value : quaternion) {
    value /= length;
  }
  const std::array<double, 9> rotation = rotationMatrix(quaternion);
  std::array<double, 3> centre{};
  for (std::size_t c = 0; c < 3; ++c) {
    for (std::size_t r = 0; r < 3; ++r) {
      centre[c] -= rotation[3 * r + c] * record.translation[r];
    }
  }
  PosedImage image;
  image.name = record.name;
  const ColmapCamera& found = camera->second;
  VOLPRESS_CHECK(setLens(image, found.lens, static_cast<double>(found.width),
                         static_cast<double>(found.height), what));
  VOLPRESS_CHECK(setPose(image.camera, rotation, centre, what));
  return image;
}

Result<void> addColmapPoint(std::uint64_t id, const std::array<double, 3>& position,
                            const std::array<std::uint8_t, 3>& color, PosedImages& into) {
  for (const double value : position) {
    if (!(std::abs(value) <= kMaxWorldPosition)) {
      return fail(ErrorCode::CorruptData, "point {}: its position holds {}, but +-{} is allowed",
                  id, value, kMaxWorldPosition);
    }
    into.points.push_back(static_cast<float>(value));
  }
  for (const std::uint8_t value : color) {
    into.pointColors.push_back(static_cast<float>(value) / 255);
  }
  return {};
}

Result<ColmapCameras> parseColmapCameras(ByteView file, ColmapEncoding encoding) {
  return encoding == ColmapEncoding::Binary ? parseBinaryCameras(file)
                                            : parseTextCameras(viewText(file));
}

Result<std::vector<PosedImage>> parseColmapImages(ByteView file, ColmapEncoding encoding,
                                                  const ColmapCameras& cameras) {
  VOLPRESS_TRY(auto images, encoding == ColmapEncoding::Binary
                                ? parseBinaryImages(file, cameras)
                                : parseTextImages(viewText(file), cameras));
  std::stable_sort(images.begin(), images.end(),
                   [](const PosedImage& a, const PosedImage& b) { return a.name < b.name; });
  return images;
}

Result<void> parseColmapPoints(ByteView file, ColmapEncoding encoding, PosedImages& into) {
  return encoding == ColmapEncoding::Binary ? parseBinaryPoints(file, into)
                                            : parseTextPoints(viewText(file), into);
}

fs::path findColmapModel(const fs::path& folder) {
  for (const char* below : {"", "sparse/0", "sparse", "colmap/sparse/0"}) {
    fs::path candidate = *below == '\0' ? folder : folder / below;
    if (holdsModel(candidate)) {
      return candidate;
    }
  }
  return {};
}

Result<PosedImages> readColmapModel(const fs::path& folder, const fs::path& images) {
  const fs::path model = findColmapModel(folder);
  if (model.empty()) {
    return fail(ErrorCode::NotThisFormat,
                "{}: no COLMAP model is there (cameras and images as .bin or .txt, in the folder, "
                "sparse/0, sparse or colmap/sparse/0)",
                folder.string());
  }
  const ModelFile cameraFile = modelFile(model, "cameras");
  const ModelFile imageFile = modelFile(model, "images");
  const ModelFile pointFile = modelFile(model, "points3D");

  VOLPRESS_TRY(const MappedFile cameraBytes, MappedFile::open(cameraFile.path));
  const auto cameras = parseColmapCameras(cameraBytes.bytes(), cameraFile.encoding);
  if (!cameras) {
    return withContext(cameras.error(), cameraFile.path.string());
  }
  PosedImages out;
  VOLPRESS_TRY(const MappedFile imageBytes, MappedFile::open(imageFile.path));
  auto posed = parseColmapImages(imageBytes.bytes(), imageFile.encoding, *cameras);
  if (!posed) {
    return withContext(posed.error(), imageFile.path.string());
  }
  out.images = std::move(*posed);
  if (out.images.empty()) {
    return fail(ErrorCode::CorruptData, "{}: it holds no image", imageFile.path.string());
  }
  std::error_code ignored;
  if (fs::is_regular_file(pointFile.path, ignored)) {
    VOLPRESS_TRY(const MappedFile pointBytes, MappedFile::open(pointFile.path));
    if (const auto read = parseColmapPoints(pointBytes.bytes(), pointFile.encoding, out); !read) {
      return withContext(read.error(), pointFile.path.string());
    }
  }
  const fs::path photographs = images.empty() ? photographsFolder(model) : images;
  for (PosedImage& image : out.images) {
    image.path = photographPath(photographs, image.name);
  }
  out.origin = "COLMAP model";
  return out;
}

}  // namespace volpress::formats
