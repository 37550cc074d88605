// Positions on a grid, predicted from the triangles around them.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/mesh/connectivity.hpp"
#include "compressors/mesh/residual_coder.hpp"

namespace volpress::compressors::meshes {

/// Coordinates on the grid stay below this, either side of zero.
inline constexpr std::int32_t kMostCells = 1 << 23;

struct PositionModels {
  std::array<ResidualCoder<3>, 3> axes{ResidualCoder<3>({96, 192, 320}),
                                       ResidualCoder<3>({96, 192, 320}),
                                       ResidualCoder<3>({96, 192, 320})};
};

/// 3 a place of the surface. The mean of the parallelograms over all edges whose far triangle is
/// known (Cohen-Or, Cohen and Irony, Multi-way Geometry Encoding, 2002).
void writePositions(coding::BitWriteSide& side, PositionModels& models, const GrownSurface& grown,
                    std::span<const std::int32_t> positions);

/// CorruptData for coordinates beyond the grid.
[[nodiscard]] Result<std::vector<std::int32_t>> readPositions(coding::BitReadSide& side,
                                                              PositionModels& models,
                                                              const GrownSurface& grown);

}  // namespace volpress::compressors::meshes
