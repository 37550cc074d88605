// How much of what one sees a vertex is.
#pragma once

#include "scene/base/task_runner.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress::compressors::streamrf {

/// For each row of a grid the most light (0..1) that it or one of the 26 vertices around it sends
/// along 14 directions (6 axes, 8 diagonals): opacity times transmittance, marched through the
/// vertices. The neighbours count because a vertex shapes what is interpolated between them.
[[nodiscard]] std::vector<float> vertexImportance(const VoxelGrid& grid, TaskRunner& runner);

}  // namespace volpress::compressors::streamrf
