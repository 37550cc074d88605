// Opening whatever holds a mesh: a mesh file, or one of our own files that a mesh codec wrote.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "scene/base/progress.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/formats/format.hpp"
#include "scene/formats/gltf_mesh_writer.hpp"
#include "scene/sequence/sequence_folder.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::engine {

struct LoadedMeshScene {
  std::shared_ptr<const Mesh> mesh;
  std::string formatId;    ///< "gltf", "obj", ..., or "vpc"
  std::string codecId;     ///< of a .vpc
  std::string parameters;  ///< of a .vpc: the JSON that its header holds
  std::uint64_t fileBytes = 0;
  std::vector<std::string> warnings;
};

/// Whether a folder holds numbered mesh files: two at least of one name and format. Cheap: looks at
/// names, and into one file where its name may be of splats too.
[[nodiscard]] bool isMeshFolder(const std::filesystem::path& path);

/// The files of such a folder by their numbers. Errors as of `findNumberedFiles`.
[[nodiscard]] Result<SequenceFiles> meshFolderFiles(const std::filesystem::path& path);

/// Frames a second of folders, and of animations that are shown frame by frame.
inline constexpr double kMeshFrameRate = 30;

/// Whether the file's content is a mesh rather than splats, or a folder holds numbered ones. False
/// for what cannot be read.
[[nodiscard]] bool isMeshFile(const std::filesystem::path& path);

/// Reads a mesh, of a folder of numbered ones one that moves (see `MeshFrames`). Errors name the
/// path.
[[nodiscard]] Result<LoadedMeshScene> loadMeshScene(const std::filesystem::path& path,
                                                    TaskRunner& runner, Progress& progress,
                                                    const std::stop_token& stop);

/// Bits of positions in files that are to look like their meshes.
inline constexpr int kFinePositionBits = 14;

/// Writes a GLB; UVs and normals keep bits to match. The bytes written.
[[nodiscard]] Result<std::uint64_t> saveMeshScene(const std::filesystem::path& path,
                                                  const Mesh& mesh, formats::GltfGeometry geometry,
                                                  int positionBits, TaskRunner& runner,
                                                  const std::stop_token& stop);

/// Where the bytes of one of our own mesh files go; empty for other files.
[[nodiscard]] Result<std::vector<formats::ByteShare>> meshFileBreakdown(
    const std::filesystem::path& path);

/// The format's name for people.
[[nodiscard]] std::string meshFormatLabel(const std::string& formatId);

}  // namespace volpress::engine
