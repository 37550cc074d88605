// How the triangles of a surface hang together, coded by growing a region face by face: after
// Touma and Gotsman (Triangle Mesh Compression, 1998) the numbers of faces around vertices are
// sent, after Alliez and Desbrun (Valence-Driven Connectivity Encoding, 2001) the region grows
// where fewest are missing. What these say of the next face is a context, never a rule, so splits
// and handles need no cases of their own.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/value_coder.hpp"
#include "compressors/mesh/surface.hpp"

namespace volpress::compressors::meshes {

/// What has been learnt so far; parts of one mesh share it.
class ConnectivityModels {
public:
  coding::MixedBits<2> step{4, {128, 64}};
  coding::MixedBits<1> cap{1, {4}};
  coding::ValueCoder<4> valence{{196, 256, 196, 32}};
  coding::ValueCoder<1> distance{{1}};
  coding::MixedBits<1> repeat{1, {6}};
  coding::ValueCoder<1> target{{1}};
};

/// A surface in the order in which it is coded.
struct GrownSurface {
  Surface surface;
  std::vector<std::uint32_t> source;  ///< when writing: of corners, the source surface's corner
  std::size_t realFaces = 0;
  /// Of vertices: the number of its place among all places, in the order of their first vertices;
  /// kNone for caps. Vertices that share a place were one before the surface was cut.
  std::vector<std::uint32_t> place;
  std::size_t placeCount = 0;
  std::vector<std::uint32_t> placeOf;  ///< of corners: that of their vertex
  std::vector<std::uint32_t> fans;     ///< the corners of each vertex as one turns around it
  std::vector<std::uint32_t> fanAt;    ///< of vertices, and one more: where theirs begin

  [[nodiscard]] std::span<const std::uint32_t> fan(std::uint32_t vertex) const {
    return std::span(fans).subspan(fanAt[vertex], fanAt[vertex + 1] - fanAt[vertex]);
  }
};

template <typename WriteSide>
[[nodiscard]] GrownSurface writeConnectivity(WriteSide& side, ConnectivityModels& models,
                                             const SourceSurface& source);

/// `faces`: real ones, checked by the caller against the bytes that are there. CorruptData for
/// streams that do not describe a closed surface.
template <typename ReadSide>
[[nodiscard]] Result<GrownSurface> readConnectivity(ReadSide& side, ConnectivityModels& models,
                                                    std::size_t faces);

}  // namespace volpress::compressors::meshes
