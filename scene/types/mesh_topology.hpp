// How the triangles of a mesh hang together.
#pragma once

#include <span>

#include "scene/types/mesh.hpp"

namespace volpress {

/// Vertices with equal coordinates are one here, also across parts that one node shows.
struct MeshTopology {
  std::size_t triangles = 0;
  std::size_t vertices = 0;  ///< places that triangles use
  std::size_t edges = 0;
  std::size_t boundaryEdges = 0;     ///< of one triangle
  std::size_t nonManifoldEdges = 0;  ///< of three or more
  std::size_t components = 0;
  std::size_t degenerateTriangles = 0;  ///< with two equal corners; in no other count but the first
  std::size_t duplicateTriangles = 0;   ///< the same three corners once more
  std::size_t unusedVertices = 0;       ///< that no triangle names
  /// Of all closed components together: components - (V - E + F) / 2; 0 unless all is closed and
  /// manifold.
  std::size_t genus = 0;

  friend bool operator==(const MeshTopology&, const MeshTopology&) = default;
};

[[nodiscard]] MeshTopology measureTopology(const Mesh& mesh);

/// For every vertex the first one with the same coordinates (-0 equals 0).
[[nodiscard]] std::vector<std::uint32_t> weldPositions(std::span<const float> positions);

}  // namespace volpress
