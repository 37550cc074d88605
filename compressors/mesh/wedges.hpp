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

  [[nodiscard]] std::array<double, 3> position(std::uint32_t corner) const;
};
void measureFaces(Shape& shape);

struct Wedges {
  std::vector<std::uint32_t> wedgeOf;   ///< of corners; kNone at caps' faces
  std::vector<std::uint32_t> cornerOf;  ///< the first corner of each wedge, as one turns around
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
