// Where an attribute jumps: the corners of a vertex fall into wedges of one value each.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "compressors/mesh/connectivity.hpp"

namespace volpress::compressors::meshes {

/// What attributes are predicted from: a surface and its places on the grid.
struct Shape {
  GrownSurface grown;
  std::vector<std::int32_t> positions;             ///< 3 a place
  std::vector<std::array<double, 3>> faceNormals;  ///< twice the area long; zero for caps' faces
  std::vector<double> faceLengths;                 ///< of those normals
  /// Of half-edges, the one with the lower number of two: how sharp the edge between the two faces
  /// is, from 0 for flat to 9 for a fold back onto itself.
  std::vector<std::uint8_t> sharpness;

  /// Of a corner that is no cap's.
  [[nodiscard]] const std::int32_t* position(std::uint32_t corner) const {
    return &positions[3 * std::size_t{grown.placeOf[corner]}];
  }
};
void measureFaces(Shape& shape);

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

struct SeamModels {
  coding::MixedBits<1> any{1, {1}};
  coding::MixedBits<2> seam{1, {36, 160}};
};

/// Whether an attribute differs between the two triangles at a half-edge.
using SeamTest = std::function<bool(std::uint32_t corner)>;

[[nodiscard]] Wedges writeWedges(coding::BitWriteSide& side, SeamModels& models, const Shape& shape,
                                 const SeamTest& isSeam);
[[nodiscard]] Wedges readWedges(coding::BitReadSide& side, SeamModels& models, const Shape& shape);

}  // namespace volpress::compressors::meshes
