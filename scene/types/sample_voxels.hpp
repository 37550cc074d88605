// Moving voxel fields made from a seed: a textured cube that turns and travels over a tiled floor.
#pragma once

#include <cstddef>
#include <cstdint>

#include "scene/base/task_runner.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress {

struct VoxelSampleOptions {
  std::size_t frames = 60;        ///< of one turn
  std::uint32_t resolution = 64;  ///< vertices an axis, or leaves of a tree (rounded up to 2^n)
  bool tree = false;
  bool still = false;  ///< nothing moves
  /// Harmonics of every vertex wobble by this much from frame to frame, as those of fields that
  /// were trained one by one do.
  float jitter = 0;
  std::uint64_t seed = 1;
};

/// Frame `frame`, in the box -1..1. The same values on any number of threads.
[[nodiscard]] VoxelField sampleVoxels(const VoxelSampleOptions& options, std::size_t frame,
                                      TaskRunner& runner);

}  // namespace volpress
