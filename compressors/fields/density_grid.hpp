// The density grid of a field in training: what decides where rays are sampled.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::fields {

/// Distance from a camera, in the field's frame, within which nothing is learnt: what is there
/// would be seen by one photograph only (near_distance of instant-ngp).
inline constexpr float kNearest = 0.1F;

/// Optical thickness of the smallest step in each cell, as instant-ngp keeps it: the largest found
/// lately. Cells that no camera sees are -1 and never asked.
struct DensityGrid {
  FloatArray thickness;                 ///< cascades * 128^3, Morton order
  std::vector<std::uint8_t> occupancy;  ///< of `thickness`
  unsigned updates = 0;

  /// Everything that a camera (field's frame) sees counts as occupied until it is asked.
  [[nodiscard]] static DensityGrid seenBy(std::span<const Camera> cameras, unsigned cascades,
                                          TaskRunner& runner);

  /// Asks the field in some cells: in the first 16 updates each in its turn, then random ones and
  /// occupied ones. The same on any number of threads.
  void update(const HashGridField& shape, std::span<const float> parameters, std::uint64_t seed,
              TaskRunner& runner);
};

}  // namespace volpress::fields
