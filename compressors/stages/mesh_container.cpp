#include "compressors/stages/mesh_container.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include "compressors/stages/container_codec.hpp"
#include "compressors/stages/mesh_reduction.hpp"

namespace volpress::compressors {
namespace {

constexpr std::string_view kDocument = "document";
constexpr std::array<std::string_view, 18> kChunks{
    kDocument,    "positions", "normals",      "tangents", "uvs",      "colors",
    "joints",     "indices",   "morphs",       "draco",    "textures", "skins",
    "animations", "parts",     "connectivity", "padding",  "frame",    "tokens"};

}  // namespace

MeshContainerCodec::MeshContainerCodec(CodecInfo info) : m_info(std::move(info)) {
  const std::vector<ParamSpec> reduction = meshReductionParams();
  m_info.params.insert(m_info.params.end(), reduction.begin(), reduction.end());
}

Result<Bytes> MeshContainerCodec::encode(const Mesh& mesh, const ParamSet& params,
                                         RunContext& context) const {
  VOLPRESS_CHECK(check(mesh, params));
  VOLPRESS_TRY(const std::optional<Mesh> reduced, reduceMesh(mesh, params, context));
  return pack(reduced ? *reduced : mesh, params, context);
}

bool MeshContainerCodec::recognises(ByteView head) const {
  return containerCodec(head) == m_info.id;
}

Result<void> MeshContainerCodec::check(const Mesh& mesh, const ParamSet& params) const {
  VOLPRESS_CHECK(completeParams(m_info.params, params));
  if (triangleCount(mesh) == 0) {
    return fail(ErrorCode::InvalidParameter, "{}: the mesh has no triangles", m_info.label);
  }
  return {};
}

Result<Mesh> MeshContainerCodec::decode(ByteView file, RunContext& context) const {
  return unwrap(file, context);
}

Result<std::vector<ByteShare>> MeshContainerCodec::breakdown(ByteView file) const {
  VOLPRESS_CHECK(openContainer(m_info, kChunks, file, {}));
  return containerBreakdown(file);
}

formats::MeshGeometryDecoder MeshContainerCodec::partsInOrder(std::vector<MeshPart> parts) {
  const auto shared = std::make_shared<std::vector<MeshPart>>(std::move(parts));
  return [shared](std::size_t index) -> Result<MeshPart> {
    if (index >= shared->size()) {
      return fail(ErrorCode::CorruptData, "names part {}, but there are {}", index, shared->size());
    }
    return (*shared)[index];
  };
}

Result<Bytes> MeshContainerCodec::wrap(formats::GltfPackage package, const ParamSet& params,
                                       const std::stop_token& stop, std::vector<Chunk> own) const {
  Container container = newContainer(m_info, params);
  const ByteView text = viewBytes(std::string_view(package.json));
  container.chunks.push_back(
      {std::string(kDocument), Bytes(text.begin(), text.end()), Packing::Zstd, true});
  std::move(own.begin(), own.end(), std::back_inserter(container.chunks));
  for (formats::GltfSection& section : package.sections) {
    container.chunks.push_back({section.name, std::move(section.bytes), Packing::Zstd, true});
  }
  return writeContainer(container, stop);
}

Result<Mesh> MeshContainerCodec::unwrap(ByteView file, RunContext& context,
                                        const OwnChunks& own) const {
  VOLPRESS_TRY(Container container, openContainer(m_info, kChunks, file, context.stop));
  VOLPRESS_TRY(const ByteView text, container.require(kDocument));
  formats::MeshGeometryDecoder geometry;
  if (own.open) {
    VOLPRESS_TRY(geometry, own.open(container));
  }
  formats::GltfPackage package{std::string(viewText(text)), {}};
  for (Chunk& chunk : container.chunks) {
    const bool isOwn = std::find(own.names.begin(), own.names.end(), chunk.name) != own.names.end();
    if (chunk.name != kDocument && !isOwn) {
      package.sections.push_back({chunk.name, std::move(chunk.data)});
    }
  }
  VOLPRESS_TRY(const Bytes glb, formats::assembleGlb(package));
  formats::IoContext io{context.runner, context.progress, context.stop, {}};
  const formats::FileSource nothing = [](const std::string& name) -> Result<Bytes> {
    return fail(ErrorCode::CorruptData, "the file names \"{}\" beside it", name.substr(0, 80));
  };
  auto mesh = formats::readGltfMesh(glb, nothing, io, geometry);
  context.log.insert(context.log.end(), io.warnings.begin(), io.warnings.end());
  if (!mesh && mesh.error().code == ErrorCode::NotThisFormat) {
    return fail(ErrorCode::CorruptData, "{}", mesh.error().message);
  }
  return mesh;
}

}  // namespace volpress::compressors
