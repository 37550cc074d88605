// Triangles as a Draco bitstream, by the Draco library.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// A cube of space that several parts quantise in, so that their borders meet.
struct DracoGrid {
  std::array<float, 3> origin{};
  float range = 1;
};

struct DracoSettings {
  int positionBits = 11;  ///< 0: floats as they are
  int normalBits = 8;     ///< tangents too
  int uvBits = 10;
  int colorBits = 8;
  int weightBits = 8;
  int level = 7;            ///< 0 (fastest) to 10 (smallest)
  bool keepsOrder = false;  ///< of vertices and triangles, at the price of size
  std::optional<DracoGrid> grid;
};

/// A vertex attribute by its glTF name and its unique id in the stream.
struct DracoAttribute {
  std::string name;
  std::uint32_t id = 0;
};

struct DracoStream {
  Bytes bytes;
  std::vector<DracoAttribute> attributes;
  std::size_t vertices = 0;  ///< that decoding gives: Draco may repeat some
  std::size_t triangles = 0;
};

/// The triangles and vertex attributes of a part; its morph targets are not in it.
[[nodiscard]] Result<DracoStream> encodeDracoPart(const MeshPart& part,
                                                  const DracoSettings& settings);

/// The part of an untrusted stream. Attributes are found by the ids given, or by their type when
/// none are. CorruptData for streams that do not decode or state more triangles than their bytes
/// can hold; UnsupportedVersion for point clouds.
[[nodiscard]] Result<MeshPart> decodeDracoPart(ByteView stream,
                                               std::span<const DracoAttribute> attributes);

[[nodiscard]] bool isDraco(ByteView head) noexcept;

}  // namespace volpress::formats
