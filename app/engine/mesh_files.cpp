#include "app/engine/mesh_files.hpp"

#include <map>
#include <utility>

#include "app/engine/mesh_import.hpp"
#include "compressors/container/container.hpp"
#include "compressors/mesh_codec.hpp"
#include "scene/base/files.hpp"
#include "scene/formats/mesh_file.hpp"
#include "scene/types/mesh_frames.hpp"

namespace volpress::engine {
namespace {

Result<LoadedMeshScene> decodeContainer(const compressors::MeshCodec& codec, ByteView bytes,
                                        TaskRunner& runner, Progress& progress,
                                        const std::stop_token& stop) {
  VOLPRESS_TRY(const compressors::Container container, compressors::readContainer(bytes, stop));
  compressors::RunContext context{runner, progress, stop, nullptr, nullptr, 1, {}, {}};
  VOLPRESS_TRY(Mesh mesh, codec.decode(bytes, context));
  LoadedMeshScene loaded;
  loaded.mesh = std::make_shared<const Mesh>(std::move(mesh));
  loaded.formatId = "vpc";
  loaded.codecId = codec.info().id;
  loaded.parameters = container.parameters;
  loaded.fileBytes = bytes.size();
  loaded.warnings = std::move(context.log);
  return loaded;
}

/// Endings of numbered files that may be meshes.
constexpr const char* kEndings[] = {".obj", ".ply", ".glb", ".gltf", ".stl",
                                    ".drc", ".fbx", ".dae", ".3ds"};

Result<LoadedMeshScene> loadFolder(const std::filesystem::path& path, TaskRunner& runner,
                                   Progress& progress, const std::stop_token& stop) {
  VOLPRESS_TRY(SequenceFiles files, meshFolderFiles(path));
  LoadedMeshScene loaded;
  loaded.warnings = std::move(files.warnings);
  MeshFrames frames(kMeshFrameRate);
  for (std::size_t i = 0; i < files.frames.size(); ++i) {
    progress.report(static_cast<double>(i) / static_cast<double>(files.frames.size()),
                    fmt::format("{}/{} frames", i, files.frames.size()));
    Progress unseen;
    VOLPRESS_TRY(const LoadedMeshScene frame, loadMeshScene(files.frames[i], runner, unseen, stop));
    frames.add(*frame.mesh);
    loaded.formatId = frame.formatId;
    loaded.fileBytes += frame.fileBytes;
  }
  loaded.mesh = std::make_shared<const Mesh>(std::move(frames).finish());
  VOLPRESS_CHECK(validate(*loaded.mesh));
  return loaded;
}

}  // namespace

bool isMeshFolder(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_directory(path, ignored)) {
    return false;
  }
  const auto found = meshFolderFiles(path);
  return found && !formats::meshFormatOf(found->frames.front()).empty();
}

Result<SequenceFiles> meshFolderFiles(const std::filesystem::path& path) {
  return findNumberedFiles(path, kEndings);
}

bool isMeshFile(const std::filesystem::path& path) {
  if (isMeshFolder(path) || !formats::meshFormatOf(path).empty()) {
    return true;
  }
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return false;
  }
  const auto file = MappedFile::open(path);
  return file && compressors::meshCodecForContent(file->bytes()) != nullptr;
}

Result<LoadedMeshScene> loadMeshScene(const std::filesystem::path& path, TaskRunner& runner,
                                      Progress& progress, const std::stop_token& stop) {
  if (isMeshFolder(path)) {
    return loadFolder(path, runner, progress, stop);
  }
  {
    VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
    if (const compressors::MeshCodec* codec = compressors::meshCodecForContent(file.bytes())) {
      auto loaded = decodeContainer(*codec, file.bytes(), runner, progress, stop);
      return loaded
                 ? std::move(loaded)
                 : Result<LoadedMeshScene>(withContext(std::move(loaded).error(), path.string()));
    }
  }
  if (!meshReader().empty() && isReadApart(path)) {
    return loadMeshApart(meshReader(), path, runner, progress, stop);
  }
  formats::IoContext context{runner, progress, stop, {}};
  VOLPRESS_TRY(formats::LoadedMesh read, formats::loadMesh(path, context));
  LoadedMeshScene loaded;
  loaded.mesh = std::make_shared<const Mesh>(std::move(read.mesh));
  loaded.formatId = std::move(read.formatId);
  loaded.fileBytes = read.fileBytes;
  loaded.warnings = std::move(read.warnings);
  return loaded;
}

Result<std::uint64_t> saveMeshScene(const std::filesystem::path& path, const Mesh& mesh,
                                    formats::GltfGeometry geometry, int positionBits,
                                    TaskRunner& runner, const std::stop_token& stop) {
  formats::GltfWriteOptions options;
  options.geometry = geometry;
  options.draco.positionBits = positionBits;
  options.draco.uvBits = 12;
  options.draco.normalBits = 10;
  options.meshopt.positionBits = positionBits;
  VOLPRESS_TRY(const formats::GltfPackage package,
               formats::writeGltfMesh(mesh, options, runner, stop));
  VOLPRESS_TRY(const Bytes bytes, formats::assembleGlb(package));
  VOLPRESS_CHECK(writeFileAtomically(path, bytes));
  return bytes.size();
}

Result<std::vector<formats::ByteShare>> meshFileBreakdown(const std::filesystem::path& path) {
  if (isMeshFolder(path)) {
    return std::vector<formats::ByteShare>();
  }
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  const compressors::MeshCodec* codec = compressors::meshCodecForContent(file.bytes());
  return codec != nullptr ? codec->breakdown(file.bytes())
                          : Result<std::vector<formats::ByteShare>>({});
}

std::string meshFormatLabel(const std::string& formatId) {
  static const std::map<std::string, std::string> kLabels{
      {"gltf", "glTF 2.0"},     {"ply", "PLY mesh"},
      {"obj", "Wavefront OBJ"}, {"fbx", "Autodesk FBX"},
      {"stl", "STL"},           {"dae", "COLLADA"},
      {"3ds", "Autodesk 3DS"},  {"drc", "Draco bitstream"},
      {"bpt", "BPT tokens"}};
  const auto found = kLabels.find(formatId);
  return found != kLabels.end() ? found->second : formatId;
}

}  // namespace volpress::engine
