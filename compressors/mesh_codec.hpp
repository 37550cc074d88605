// The face of a compressor of meshes, and the ordered list of all of them. Parameters, presets and
// what a run is given are those of every codec (codec.hpp); only the scene is another.
#pragma once

#include "compressors/codec.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::compressors {

/// As `Codec`: stateless, every call const, deterministic on any number of threads.
class MeshCodec {
public:
  virtual ~MeshCodec() = default;
  [[nodiscard]] virtual const CodecInfo& info() const = 0;

  /// Whether these first bytes are this codec's.
  [[nodiscard]] virtual bool recognises(ByteView head) const = 0;

  /// Cheap: can it compress this mesh with these parameters, and if not, why.
  [[nodiscard]] virtual Result<void> check(const Mesh& mesh, const ParamSet& params) const = 0;

  /// The bytes of a whole file: geometry, materials, pictures, scene graph, animations.
  [[nodiscard]] virtual Result<Bytes> encode(const Mesh& mesh, const ParamSet& params,
                                             RunContext& context) const = 0;

  /// Rebuilds the mesh from untrusted bytes alone. The result passes `validate`.
  [[nodiscard]] virtual Result<Mesh> decode(ByteView file, RunContext& context) const = 0;

  /// Where the bytes of such a file go; the shares add up to the file's size.
  [[nodiscard]] virtual Result<std::vector<ByteShare>> breakdown(ByteView file) const = 0;
};

/// Every codec of meshes, in the order in which people see them. No id is also a `Codec`'s.
[[nodiscard]] std::span<const MeshCodec* const> allMeshCodecs();
[[nodiscard]] const MeshCodec* findMeshCodec(std::string_view id);
void addMeshCodec(const MeshCodec& codec);  ///< as addCodec
/// The codec of meshes whose decoder reads this file, or null.
[[nodiscard]] const MeshCodec* meshCodecForContent(ByteView head);

}  // namespace volpress::compressors
