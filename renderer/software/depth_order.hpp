// Front-to-back order of the visible splats.
#pragma once

#include <stop_token>

#include "renderer/software/projected_splat.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::renderer {

/// Reused memory of sortByDepth.
struct DepthSortScratch {
  Uninitialised<std::uint32_t> keys;
  Uninitialised<std::uint32_t> values;
  std::vector<std::uint32_t> histograms;
};

/// Sorts `values` by `keys` (same length, below 2^32), both in place; equal keys keep their order.
/// Leaves them half sorted when asked to stop.
void sortByDepth(Uninitialised<std::uint32_t>& keys, Uninitialised<std::uint32_t>& values,
                 const std::stop_token& stop, TaskRunner& runner, DepthSortScratch& scratch);

}  // namespace volpress::renderer
