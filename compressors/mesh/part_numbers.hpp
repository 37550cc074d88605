// A part's floats as whole numbers and back.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compressors/mesh/attributes.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::compressors::meshes {

/// The steps of everything but UVs, common to all parts.
struct Steps {
  std::array<double, 3> origin{};  ///< of positions: cell 0
  double cell = 1;                 ///< edge of a cell of positions
  std::int32_t radius = 127;       ///< of octahedral directions
  std::int32_t color = 255;        ///< levels of a colour channel, less one
  std::int32_t weight = 255;       ///< steps that a vertex' weights add up to
};

/// A grid of UVs.
struct UvGrid {
  std::array<float, 2> origin{};
  float step = 1;
};

/// One attribute of a part, before or after coding.
struct PartAttribute {
  AttributeKind kind = AttributeKind::Normal;
  std::uint8_t set = 0;    ///< of UVs: which; of morphs: 1 for normals
  std::size_t target = 0;  ///< of morphs
  UvGrid grid;             ///< of UVs
};

/// What a part has, in a fixed order. UV grids are not set yet.
[[nodiscard]] std::vector<PartAttribute> attributesOf(const MeshPart& part);

/// The grid with so many bits that holds the UVs of a set.
[[nodiscard]] UvGrid uvGridOf(const FloatArray& uvs, int bits);

/// 3 a vertex. InvalidParameter when the part does not fit the grid.
[[nodiscard]] Result<std::vector<std::int32_t>> positionNumbers(const MeshPart& part,
                                                                const Steps& steps);
/// widthOf(kind) a vertex.
[[nodiscard]] Result<std::vector<std::int32_t>> attributeNumbers(const MeshPart& part,
                                                                 const PartAttribute& attribute,
                                                                 const Steps& steps);

/// Sets vertex `vertex` of the attribute's array, which has the part's length.
void setAttribute(MeshPart& part, const PartAttribute& attribute, const Steps& steps,
                  std::size_t vertex, const std::int32_t* numbers);
/// Gives the attribute's array the length of so many vertices.
void resizeAttribute(MeshPart& part, const PartAttribute& attribute, std::size_t vertices);

}  // namespace volpress::compressors::meshes
