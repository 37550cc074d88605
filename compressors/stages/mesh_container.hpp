// What the codecs of meshes have in common: a glTF whose buffer lies in named chunks of a
// container. Byte layout in MESH_FORMAT.md beside this file.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "compressors/container/container.hpp"
#include "compressors/mesh_codec.hpp"
#include "scene/formats/gltf_mesh_reader.hpp"
#include "scene/formats/gltf_package.hpp"

namespace volpress::compressors {

class MeshContainerCodec : public MeshCodec {
public:
  [[nodiscard]] const CodecInfo& info() const final { return m_info; }
  [[nodiscard]] bool recognises(ByteView head) const final;
  [[nodiscard]] Result<void> check(const Mesh& mesh, const ParamSet& params) const override;
  /// Reduces the mesh as the parameters ask (mesh_reduction.hpp), then packs it.
  [[nodiscard]] Result<Bytes> encode(const Mesh& mesh, const ParamSet& params,
                                     RunContext& context) const final;
  [[nodiscard]] Result<Mesh> decode(ByteView file, RunContext& context) const override;
  [[nodiscard]] Result<std::vector<ByteShare>> breakdown(ByteView file) const final;

protected:
  /// Adds the parameters of the reduction.
  explicit MeshContainerCodec(CodecInfo info);

  /// The file of a mesh that has triangles. `params` is completed.
  [[nodiscard]] virtual Result<Bytes> pack(const Mesh& mesh, const ParamSet& params,
                                           RunContext& context) const = 0;

  /// Chunks that are no pieces of the glTF's buffer, and what makes parts of them.
  struct OwnChunks {
    std::span<const std::string_view> names;
    std::function<Result<formats::MeshGeometryDecoder>(const Container& file)> open;
  };

  /// Gives the parts by their numbers. CorruptData for others.
  [[nodiscard]] static formats::MeshGeometryDecoder partsInOrder(std::vector<MeshPart> parts);

  /// The file of a package, and of chunks of the codec's own.
  [[nodiscard]] Result<Bytes> wrap(formats::GltfPackage package, const ParamSet& params,
                                   const std::stop_token& stop, std::vector<Chunk> own = {}) const;
  /// The mesh of a file.
  [[nodiscard]] Result<Mesh> unwrap(ByteView file, RunContext& context,
                                    const OwnChunks& own = {}) const;

private:
  CodecInfo m_info;
};

}  // namespace volpress::compressors
