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

/// For the streams of a side.
template <typename Side>
struct PositionModels {
  using Residuals = ResidualsOf<Side, 3>;
  std::array<Residuals, 3> axes{Residuals({96, 192, 320}), Residuals({96, 192, 320}),
                                Residuals({96, 192, 320})};
};

/// 3 a place of the surface. The mean of the parallelograms over all edges whose far triangle is
/// known (Cohen-Or, Cohen and Irony, Multi-way Geometry Encoding, 2002).
template <typename WriteSide>
void writePositions(WriteSide& side, PositionModels<WriteSide>& models, const GrownSurface& grown,
                    std::span<const std::int32_t> positions);

/// CorruptData for coordinates beyond the grid.
template <typename ReadSide>
[[nodiscard]] Result<std::vector<std::int32_t>> readPositions(ReadSide& side,
                                                              PositionModels<ReadSide>& models,
                                                              const GrownSurface& grown);

}  // namespace volpress::compressors::meshes
