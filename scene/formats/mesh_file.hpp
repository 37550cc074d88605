// Opening and writing mesh files, whatever their format.
#pragma once

#include <filesystem>

#include "scene/formats/format.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// "gltf", "ply", "obj", "fbx", "stl", "dae", "3ds", "drc" or "bpt" when this content (its first
/// 64 KiB, or all of it) is a mesh rather than splats; empty otherwise. `name` decides for formats
/// without a magic.
[[nodiscard]] std::string meshFormatOf(ByteView head, std::string_view name);

/// As above, of a file; empty for files that cannot be read and for folders.
[[nodiscard]] std::string meshFormatOf(const std::filesystem::path& path);

struct LoadedMesh {
  Mesh mesh;
  std::string formatId;
  std::uint64_t fileBytes = 0;  ///< with the files beside it that were read
  std::vector<std::string> warnings;
};

/// Reads a mesh from untrusted bytes; it passes `validate`. Errors do not name the file.
[[nodiscard]] Result<Mesh> decodeMesh(ByteView file, std::string_view name,
                                      const FileSource& beside, IoContext& context);

/// Opens a mesh file and what it names beside it. Errors name the path.
[[nodiscard]] Result<LoadedMesh> loadMesh(const std::filesystem::path& path, IoContext& context);

}  // namespace volpress::formats
