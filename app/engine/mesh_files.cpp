#include "app/engine/mesh_files.hpp"

#include <map>
#include <utility>

#include "scene/formats/mesh_file.hpp"

namespace volpress::engine {

bool isMeshFile(const std::filesystem::path& path) { return !formats::meshFormatOf(path).empty(); }

Result<LoadedMeshScene> loadMeshScene(const std::filesystem::path& path, TaskRunner& runner,
                                      Progress& progress, const std::stop_token& stop) {
  formats::IoContext context{runner, progress, stop, {}};
  VOLPRESS_TRY(formats::LoadedMesh read, formats::loadMesh(path, context));
  LoadedMeshScene loaded;
  loaded.mesh = std::make_shared<const Mesh>(std::move(read.mesh));
  loaded.formatId = std::move(read.formatId);
  loaded.fileBytes = read.fileBytes;
  loaded.warnings = std::move(read.warnings);
  return loaded;
}

std::string meshFormatLabel(const std::string& formatId) {
  static const std::map<std::string, std::string> kLabels{
      {"gltf", "glTF 2.0"},     {"ply", "PLY mesh"},
      {"obj", "Wavefront OBJ"}, {"fbx", "Autodesk FBX"},
      {"stl", "STL"},           {"dae", "COLLADA"},
      {"3ds", "Autodesk 3DS"},  {"drc", "Draco bitstream"}};
  const auto found = kLabels.find(formatId);
  return found != kLabels.end() ? found->second : formatId;
}

}  // namespace volpress::engine
