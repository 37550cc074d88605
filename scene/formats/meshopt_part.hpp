// A part made ready for EXT_meshopt_compression by the meshoptimizer library.
#pragma once

#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

struct MeshoptSettings {
  int positionBits = 14;  ///< of the whole mesh's longest side; 0: every float as it is
  int normalBits = 8;     ///< tangents too; 4 to 16
  int uvBits = 12;
  int colorBits = 8;
  /// Positions are multiples of 2^exponent; set by `positionExponent` for all parts together.
  int positionExponent = 0;
};

/// The exponent with which every part of the mesh keeps at least the bits asked for.
[[nodiscard]] int positionExponent(const Mesh& mesh, int bits);

/// One packed vertex stream, as glTF describes it.
struct MeshoptStream {
  std::string attribute;  ///< "POSITION", "TEXCOORD_0", ...; of morph targets "MORPH_POSITION"
  std::string section;
  Bytes packed;
  std::size_t stride = 0;
  const char* filter = "NONE";
  const char* type = "VEC3";
  int componentType = 5126;
  bool normalised = false;
  std::vector<float> min, max;  ///< of positions, as decoded
};

struct MeshoptPart {
  std::size_t vertices = 0;
  std::size_t indices = 0;
  std::size_t indexStride = 4;
  Bytes packedIndices;
  std::vector<MeshoptStream> streams;
};

/// Orders triangles and vertices for the codec (vertices that no triangle uses go), quantises and
/// packs. The order is the same on every machine.
[[nodiscard]] Result<MeshoptPart> encodeMeshoptPart(const MeshPart& part,
                                                    const MeshoptSettings& settings);

}  // namespace volpress::formats
