// Meshes as glTF, with or without compression.
#pragma once

#include <stop_token>

#include "scene/base/task_runner.hpp"
#include "scene/formats/draco_part.hpp"
#include "scene/formats/gltf_package.hpp"
#include "scene/formats/meshopt_part.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

enum class GltfGeometry : std::uint8_t {
  Plain,    ///< float arrays
  Draco,    ///< KHR_draco_mesh_compression
  Meshopt,  ///< EXT_meshopt_compression with KHR_mesh_quantization
  Own,      ///< VOLPRESS_mesh_geometry: names the part, whose numbers are elsewhere
};

struct GltfWriteOptions {
  GltfGeometry geometry = GltfGeometry::Plain;
  DracoSettings draco;  ///< `grid` is set to all parts' common cube
  MeshoptSettings meshopt;
};

/// The mesh must pass `validate`. Parts without triangles are left out. The same mesh and options
/// give the same bytes on any number of threads.
[[nodiscard]] Result<GltfPackage> writeGltfMesh(const Mesh& mesh, const GltfWriteOptions& options,
                                                TaskRunner& runner, const std::stop_token& stop);

}  // namespace volpress::formats
