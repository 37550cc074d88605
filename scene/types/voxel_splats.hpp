// Voxel fields as splats, so that whatever draws splats can play them.
#pragma once

#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress {

/// A round splat for each vertex or leaf that can be seen: those with density whose six neighbours
/// are not all opaque. Its opacity is that of the voxel crossed once; colours of grids are the
/// vertex' own harmonics, those of trees their sigmoid, linear around its mean. An approximation:
/// edges are softer than the field's. The world is turned, (x, y, z) to (x, -z, y): z is up in the
/// field, -y in frames of splats. At least one splat (a transparent one).
[[nodiscard]] GaussianCloud splatsOf(const VoxelField& field, TaskRunner& runner);

}  // namespace volpress
