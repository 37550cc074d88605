// Where an attribute jumps: the corners of a vertex fall into wedges of one value each.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <type_traits>
#include <vector>

#include "compressors/mesh/connectivity.hpp"
#include "compressors/mesh/residual_coder.hpp"

namespace volpress::compressors::meshes {

/// What attributes are predicted from: a surface and its places on the grid.
struct Shape {
  GrownSurface grown;
  std::vector<std::int32_t> positions;             ///< 3 a place
  std::vector<std::array<double, 3>> faceNormals;  ///< twice the area long; zero for caps' faces
  std::vector<double> faceLengths;                 ///< of those normals
  /// An edge between two triangles.
  struct Edge {
    std::uint32_t corner = 0;     ///< the half-edge with the lower number of two
    std::uint32_t sharpness = 0;  ///< from 0 for flat to 9 for a fold back onto itself
  };
  std::vector<Edge> edges;            ///< by their half-edges
  std::vector<std::uint8_t> holes;    ///< of half-edges: 1 where there is a cap's face on a side
  std::vector<std::uint8_t> holesAt;  ///< of vertices: edges of holes there, at most 3

  /// Of a corner that is no cap's.
  [[nodiscard]] const std::int32_t* position(std::uint32_t corner) const {
    return &positions[3 * std::size_t{grown.placeOf[corner]}];
  }
};
void measureFaces(Shape& shape);
/// Leaves what vertices are made of: the places of corners, and which faces are real.
void forgetFaces(Shape& shape);

struct Wedges {
  std::vector<std::uint32_t> wedgeOf;  ///< of corners; kNone at caps' faces
  std::vector<std::uint32_t> corners;  ///< of each wedge, as one turns around
  std::vector<std::uint32_t> begin;    ///< of wedges, and one more: where their corners begin

  [[nodiscard]] std::size_t count() const noexcept { return begin.size() - 1; }
  [[nodiscard]] std::uint32_t firstCorner(std::size_t wedge) const { return corners[begin[wedge]]; }
  [[nodiscard]] std::span<const std::uint32_t> cornersOf(std::size_t wedge) const {
    return std::span(corners).subspan(begin[wedge], begin[wedge + 1] - begin[wedge]);
  }
};

/// Of bits in a range coder's streams.
struct MixedSeamModels {
  coding::MixedBits<1> any{1, {1}};
  coding::MixedBits<2> seam{1, {36, 160}};
};
/// Of rANS streams, which are read faster.
struct QuickSeamModels {
  coding::MixedBits<1> any{1, {1}};
  QuickBits seam{320};
};
template <typename Side>
using SeamModels = std::conditional_t<kIsRans<Side>, QuickSeamModels, MixedSeamModels>;

/// Whether an attribute differs between the two triangles at a half-edge.
using SeamTest = std::function<bool(std::uint32_t corner)>;

template <typename WriteSide>
[[nodiscard]] Wedges writeWedges(WriteSide& side, SeamModels<WriteSide>& models, const Shape& shape,
                                 const SeamTest& isSeam);
template <typename ReadSide>
[[nodiscard]] Wedges readWedges(ReadSide& side, SeamModels<ReadSide>& models, const Shape& shape);

}  // namespace volpress::compressors::meshes
