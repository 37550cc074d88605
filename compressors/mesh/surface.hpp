// A part's triangles as a closed oriented surface of half-edges. Corner c of face c / 3 is also the
// half-edge from that corner to the next one of the face.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/types/mesh.hpp"

namespace volpress::compressors::meshes {

inline constexpr std::uint32_t kNone = 0xFFFFFFFFU;

[[nodiscard]] constexpr std::uint32_t nextCorner(std::uint32_t c) noexcept {
  return c % 3 == 2 ? c - 2 : c + 1;
}
[[nodiscard]] constexpr std::uint32_t previousCorner(std::uint32_t c) noexcept {
  return c % 3 == 0 ? c + 2 : c - 1;
}

/// Every half-edge has a twin, and the faces around a vertex are one cycle: holes are closed by a
/// vertex of their own, the cap, with a triangle to each edge of the hole.
struct Surface {
  std::vector<std::uint32_t> vertexOf;   ///< of corners, 3 a face
  std::vector<std::uint32_t> twin;       ///< of half-edges
  std::vector<bool> isCap;               ///< of vertices
  std::vector<std::uint32_t> cornerOf;   ///< one of each vertex
  std::vector<std::uint8_t> faceIsReal;  ///< of faces: 1 for triangles of the mesh, 0 at caps

  [[nodiscard]] std::size_t faceCount() const noexcept { return vertexOf.size() / 3; }
  [[nodiscard]] std::size_t vertexCount() const noexcept { return isCap.size(); }
  /// Whether the face of a corner is a triangle of the mesh.
  [[nodiscard]] bool isReal(std::uint32_t corner) const { return faceIsReal[corner / 3] != 0; }
  /// The corner of the same vertex in the face that follows around it.
  [[nodiscard]] std::uint32_t turn(std::uint32_t corner) const {
    return twin[previousCorner(corner)];
  }
};

/// What a part's triangles are made into before they are coded.
struct SourceSurface {
  Surface surface;                     ///< faces of the part first, in its order, then caps
  std::vector<std::uint32_t> pointOf;  ///< of vertices but caps: the part's first vertex that has
                                       ///< its coordinates
  std::vector<std::uint32_t> valence;  ///< of vertices: faces around
};

/// Edges join two triangles when no other triangle has them and the orientations agree; elsewhere
/// the surface is cut open, and vertices where it does not hang together around are split.
/// `indices` and `positions` are those of a part that passes `validate`.
[[nodiscard]] SourceSurface buildSurface(std::span<const std::uint32_t> indices,
                                         std::span<const float> positions);

}  // namespace volpress::compressors::meshes
