// What baking view-dependent answers to one static scene loses.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/learning/fine_tune.hpp"
#include "compressors/sags/stored_scene.hpp"

namespace volpress::compressors::sags {

/// Mean PSNR in dB over views.
struct BakingLoss {
  double asSeenPsnr = 0;   ///< the heads' own answers to each view, against its picture
  double bakedPsnr = 0;    ///< what a file decodes to, against the same
  double betweenPsnr = 0;  ///< one against the other
};
[[nodiscard]] Result<BakingLoss> measureBaking(const Points& points, const StoredScene& exact,
                                               std::span<const learning::TeacherView> views,
                                               RunContext& context);

}  // namespace volpress::compressors::sags
