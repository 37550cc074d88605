#include "scene/formats/posed_images_reader.hpp"

#include "scene/base/files.hpp"
#include "scene/formats/cameras_json.hpp"
#include "scene/formats/colmap_model.hpp"
#include "scene/formats/transforms_json.hpp"

namespace volpress::formats {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxListBytes = std::size_t{256} << 20;

Result<PosedImages> readCamerasJson(const fs::path& path) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  if (file.bytes().size() > kMaxListBytes) {
    return fail(ErrorCode::CorruptData, "{}: holds {} bytes, but a camera list has at most {}",
                path.string(), file.bytes().size(), kMaxListBytes);
  }
  auto views = parseCamerasJson(file.bytes());
  if (!views) {
    return withContext(views.error(), path.string());
  }
  PosedImages out;
  for (View& view : *views) {
    PosedImage image;
    image.name = std::move(view.name);
    image.camera = view.camera;
    image.lens.fx = static_cast<double>(view.camera.fx);
    image.lens.fy = static_cast<double>(view.camera.fy);
    image.lens.cx = static_cast<double>(view.camera.cx);
    image.lens.cy = static_cast<double>(view.camera.cy);
    out.images.push_back(std::move(image));
  }
  out.origin = path.filename().string();
  return out;
}

/// NeRF's layout: one file each for training, validation and testing.
Result<PosedImages> readSplitTransforms(const fs::path& training) {
  VOLPRESS_TRY(PosedImages out, readTransformsJson(training));
  std::error_code ignored;
  for (const char* name : {"transforms_val.json", "transforms_test.json"}) {
    const fs::path beside = training.parent_path() / name;
    if (!fs::is_regular_file(beside, ignored)) {
      continue;
    }
    VOLPRESS_TRY(PosedImages more, readTransformsJson(beside));
    for (PosedImage& image : more.images) {
      image.heldOut = true;
      out.images.push_back(std::move(image));
    }
  }
  out.origin = training.filename().string();
  return out;
}

Result<PosedImages> readFolder(const fs::path& folder) {
  std::error_code ignored;
  if (fs::is_regular_file(folder / "cameras.json", ignored)) {
    return readCamerasJson(folder / "cameras.json");
  }
  if (fs::is_regular_file(folder / "transforms.json", ignored)) {
    return readTransformsJson(folder / "transforms.json");
  }
  if (fs::is_regular_file(folder / "transforms_train.json", ignored)) {
    return readSplitTransforms(folder / "transforms_train.json");
  }
  if (!findColmapModel(folder).empty()) {
    return readColmapModel(folder);
  }
  return fail(ErrorCode::NotThisFormat,
              "{}: no cameras are there (cameras.json, transforms.json, transforms_train.json or a "
              "COLMAP model)",
              folder.string());
}

/// A list of cameras is an array; transforms are an object.
bool beginsWithArray(ByteView file) {
  const std::string_view text = viewText(file);
  const std::size_t first = text.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  return first != std::string_view::npos && text[first] == '[';
}

}  // namespace

Result<PosedImages> readPosedImages(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return readFolder(path);
  }
  const std::string extension = path.extension().string();
  if (extension == ".bin" || extension == ".txt") {
    return readColmapModel(path.parent_path().empty() ? fs::path(".") : path.parent_path());
  }
  if (path.filename() == "transforms_train.json") {
    return readSplitTransforms(path);
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  return beginsWithArray(file.bytes()) ? readCamerasJson(path) : readTransformsJson(path);
}

}  // namespace volpress::formats
