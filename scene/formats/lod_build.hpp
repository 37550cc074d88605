// Cutting a scene into the units of a streamed SOG.
#pragma once

#include <span>

#include "scene/base/task_runner.hpp"
#include "scene/formats/lod_meta.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

/// One unit file: splats of one level, in the order of its rows.
struct LodUnit {
  unsigned level = 0;
  std::vector<std::uint32_t> splats;
};

/// The tree over all levels and the units it points into. `levels[0]` is the finest. Halves boxes
/// at the median of the finest level until a leaf holds at most `leafSplats` of it; a unit is
/// closed once it holds as many.
struct LodPlan {
  LodMeta meta;
  std::vector<LodUnit> units;  ///< in the order of meta.files
};
[[nodiscard]] LodPlan planLod(std::span<const GaussianCloud> levels, std::size_t leafSplats,
                              TaskRunner& runner);

}  // namespace volpress::formats
