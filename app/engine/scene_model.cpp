#include "app/engine/scene_model.hpp"

#include <algorithm>
#include <cctype>
#include <utility>

#include "app/engine/clip_source.hpp"
#include "app/engine/field_files.hpp"
#include "app/engine/mesh_clip.hpp"
#include "app/engine/mesh_files.hpp"
#include "app/engine/picture_files.hpp"
#include "app/engine/voxel_files.hpp"

namespace volpress::engine {

SceneKind kindOfFile(const std::filesystem::path& path) {
  return isMeshFolder(path)    ? SceneKind::Mesh
         : isVoxelScene(path)  ? SceneKind::MovingVoxels
         : isMovingScene(path) ? SceneKind::MovingSplats
         : isFieldFile(path)   ? SceneKind::Field
         : isMeshFile(path)    ? SceneKind::Mesh
         : isPictureFile(path) ? SceneKind::Picture
                               : SceneKind::Splats;
}

std::string_view kindName(SceneKind kind) noexcept {
  switch (kind) {
    case SceneKind::Splats: return "splats";
    case SceneKind::MovingSplats: return "moving splats";
    case SceneKind::MovingVoxels: return "voxel fields";
    case SceneKind::Mesh: return "meshes";
    case SceneKind::Field: return "radiance fields";
    case SceneKind::Picture: return "pictures";
  }
  return "scenes";
}

std::vector<ModelFormat> modelFormats(SceneKind kind) {
  switch (kind) {
    case SceneKind::Mesh:
      return {
          {".glb", "glTF", ""},
          {".draco.glb", "glTF with Draco",
           "positions are kept to 14 bits, UVs to 12, normals to 10"},
          {".meshopt.glb", "glTF with meshopt", "positions are kept to 14 bits"},
          {".obj", "Wavefront OBJ",
           "skeletons, animations, vertex colours, and the pictures of roughness and occlusion; "
           "the others and the materials go into files beside it"}};
    case SceneKind::Field:
      return {{".ingp", "Instant-NGP snapshot", ""},
              {".msgpack", "Instant-NGP snapshot, not compressed", ""}};
    case SceneKind::Picture: return {{".png", "PNG", ""}};
    case SceneKind::Splats:
    case SceneKind::MovingSplats:
    case SceneKind::MovingVoxels: break;
  }
  return {};
}

std::string modelExtension(SceneKind kind, const std::filesystem::path& path) {
  const auto lower = [](std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
  };
  const std::string name = lower(path.filename().string());
  std::string longest = lower(path.extension().string());
  for (const ModelFormat& format : modelFormats(kind)) {
    if (name.ends_with(format.extension) && format.extension.size() > longest.size()) {
      longest = format.extension;
    }
  }
  return longest;
}

Result<LoadedModel> loadModel(const std::filesystem::path& path, TaskRunner& runner,
                              Progress& progress, const std::stop_token& stop) {
  LoadedModel loaded;
  if (isFieldFile(path)) {
    VOLPRESS_TRY(LoadedFieldScene field, loadFieldScene(path, runner, progress, stop));
    loaded.formatId = std::move(field.formatId);
    loaded.fileBytes = field.fileBytes;
    loaded.warnings = std::move(field.warnings);
    loaded.breakdown = fieldFileBreakdown(path).value_or(std::vector<formats::ByteShare>());
    VOLPRESS_TRY(loaded.model, makeFieldModel(std::move(field.field), runner, stop));
    return loaded;
  }
  if (isPictureFile(path)) {
    VOLPRESS_TRY(LoadedPicture picture, loadPicture(path, runner, progress, stop));
    loaded.formatId = std::move(picture.formatId);
    loaded.fileBytes = picture.fileBytes;
    loaded.warnings = std::move(picture.warnings);
    loaded.breakdown = pictureFileBreakdown(path).value_or(std::vector<formats::ByteShare>());
    loaded.model = makePictureModel(std::move(picture.picture));
    return loaded;
  }
  if (isMeshFolder(path)) {
    VOLPRESS_TRY(loaded.clip, openMeshFolder(path));
    VOLPRESS_TRY(const ClipFrame first, decodeFrame(*loaded.clip, 0, runner, stop));
    loaded.formatId = "sequence";
    loaded.fileBytes = loaded.clip->facts().fileBytes;
    loaded.warnings = loaded.clip->facts().warnings;
    loaded.model = first.model;
    return loaded;
  }
  VOLPRESS_TRY(LoadedMeshScene mesh, loadMeshScene(path, runner, progress, stop));
  if (triangleCount(*mesh.mesh) == 0) {
    return fail(ErrorCode::CorruptData, "{} holds no triangles", path.string());
  }
  loaded.formatId = std::move(mesh.formatId);
  loaded.fileBytes = mesh.fileBytes;
  loaded.warnings = std::move(mesh.warnings);
  loaded.breakdown = meshFileBreakdown(path).value_or(std::vector<formats::ByteShare>());
  VOLPRESS_TRY(loaded.model, makeMeshModel(std::move(mesh.mesh), runner, loaded.warnings));
  loaded.clip = makeAnimationClip(loaded.model);
  return loaded;
}

Result<std::shared_ptr<const SceneModel>> SceneModel::posed(const MeshMoment& /*moment*/,
                                                            TaskRunner& /*runner*/) const {
  return fail(ErrorCode::InvalidParameter, "{} have no animations", kindName(kind()));
}

Result<std::vector<float>> SceneModel::distancesTo(const SceneModel& /*original*/,
                                                   TaskRunner& /*runner*/,
                                                   const std::stop_token& /*stop*/) const {
  return fail(ErrorCode::InvalidParameter, "{} have no surface to measure", kindName(kind()));
}

Result<renderer::RenderResult> SceneModel::drawPainted(const Camera& /*camera*/,
                                                       std::span<const float> /*colors*/,
                                                       TaskRunner& /*runner*/,
                                                       const std::stop_token& /*stop*/) const {
  return fail(ErrorCode::InvalidParameter, "{} have no surface to paint", kindName(kind()));
}

}  // namespace volpress::engine
