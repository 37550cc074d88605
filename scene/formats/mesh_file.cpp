#include "scene/formats/mesh_file.hpp"

#include <algorithm>
#include <new>

#include "scene/base/files.hpp"
#include "scene/formats/assimp_mesh.hpp"
#include "scene/formats/draco_part.hpp"
#include "scene/formats/gltf_document.hpp"
#include "scene/formats/gltf_mesh_reader.hpp"
#include "scene/formats/mesh_import.hpp"
#include "scene/formats/ply_mesh.hpp"
#include "scene/formats/token_file.hpp"

namespace volpress::formats {
namespace {

constexpr std::size_t kHeadBytes = std::size_t{64} << 10;

/// glTF without splats. Other JSON files have an "asset" too (the index of a streamed SOG), so
/// that one of another name must show its meshes. The sign of splats stands in the JSON's head or,
/// in large files, anywhere in it: the reader of splats has the last word then.
bool isGltfMesh(ByteView head, std::string_view name) {
  std::uint32_t magic = 0;
  std::memcpy(&magic, head.data(), std::min(head.size(), sizeof(magic)));
  const std::string_view text = viewText(head);
  const bool isText =
      !text.empty() && text.find_first_not_of(" \t\r\n") != std::string_view::npos &&
      text[text.find_first_not_of(" \t\r\n")] == '{' &&
      (name.ends_with(".gltf") || (text.find("\"asset\"") != std::string_view::npos &&
                                   text.find("\"meshes\"") != std::string_view::npos));
  return (magic == kGlbMagic || isText) && text.find("gaussian_splat") == std::string_view::npos &&
         text.find("spz_gaussian") == std::string_view::npos;
}

Result<Mesh> readDracoFile(ByteView file, IoContext& context) {
  VOLPRESS_TRY(MeshPart part, decodeDracoPart(file, {}));
  for (std::size_t i = 1; i < part.uvs[0].size(); i += 2) {
    part.uvs[0][i] = 1 - part.uvs[0][i];  // .drc files come from OBJ, whose v points up
  }
  Mesh mesh;
  mesh.parts.push_back(std::move(part));
  return finishImport(std::move(mesh), context);
}

}  // namespace

std::string meshFormatOf(ByteView head, std::string_view name) {
  if (isDraco(head)) {
    return "drc";
  }
  if (isTokenFile(head)) {
    return "bpt";
  }
  if (isPlyMesh(head)) {
    return "ply";
  }
  if (isGltfMesh(head, name)) {
    return "gltf";
  }
  if (isAssimpName(name)) {
    std::string extension(name.substr(name.rfind('.') + 1));
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return extension;
  }
  return {};
}

std::string meshFormatOf(const std::filesystem::path& path) {
  std::error_code ignored;
  if (!std::filesystem::is_regular_file(path, ignored)) {
    return {};
  }
  const auto file = MappedFile::open(path);
  return file ? meshFormatOf(file->bytes().first(std::min(file->bytes().size(), kHeadBytes)),
                             path.filename().string())
              : std::string();
}

Result<Mesh> decodeMesh(ByteView file, std::string_view name, const FileSource& beside,
                        IoContext& context) {
  const std::string format = meshFormatOf(file.first(std::min(file.size(), kHeadBytes)), name);
  try {
    if (format == "gltf") {
      return readGltfMesh(file, beside, context);
    }
    if (format == "ply") {
      return readPlyMesh(file, context);
    }
    if (format == "bpt") {
      return readTokenFile(file, context);
    }
    if (format == "drc") {
      return readDracoFile(file, context);
    }
    if (!format.empty()) {
      return readAssimpMesh(file, name, beside, context);
    }
  } catch (const std::bad_alloc&) {
    return fail(ErrorCode::OutOfMemory, "there is not enough memory to read the file");
  }
  return fail(ErrorCode::NotThisFormat,
              "is no mesh that can be read (glTF, GLB, OBJ, FBX, PLY, STL, DAE, 3DS, DRC, BPT)");
}

Result<LoadedMesh> loadMesh(const std::filesystem::path& path, IoContext& context) {
  VOLPRESS_TRY(const MappedFile file, MappedFile::open(path));
  LoadedMesh loaded;
  loaded.fileBytes = file.bytes().size();
  std::vector<std::string> counted;
  const FileSource beside = [&](const std::string& name) -> Result<Bytes> {
    VOLPRESS_TRY(const MappedFile other, MappedFile::open(path.parent_path() / name));
    if (std::find(counted.begin(), counted.end(), name) == counted.end()) {
      counted.push_back(name);
      loaded.fileBytes += other.bytes().size();
    }
    return Bytes(other.bytes().begin(), other.bytes().end());
  };
  const std::size_t before = context.warnings.size();
  auto mesh = decodeMesh(file.bytes(), path.filename().string(), beside, context);
  if (!mesh) {
    return withContext(std::move(mesh).error(), path.string());
  }
  loaded.mesh = std::move(*mesh);
  loaded.formatId = meshFormatOf(file.bytes().first(std::min(file.bytes().size(), kHeadBytes)),
                                 path.filename().string());
  loaded.warnings.assign(context.warnings.begin() + static_cast<std::ptrdiff_t>(before),
                         context.warnings.end());
  return loaded;
}

}  // namespace volpress::formats
