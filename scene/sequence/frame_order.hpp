// Whether the Gaussians of two frames come in the same order.
#pragma once

#include <cstddef>
#include <stop_token>

#include "scene/base/result.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress {

/// From one frame to the next. The numbers are 0 when the counts differ.
struct FrameStep {
  std::size_t before = 0;         ///< Gaussians of the earlier frame
  std::size_t after = 0;          ///< Gaussians of the later frame
  double move = 0;                ///< median |p_i(t+1) - p_i(t)| over the median distance of
                                  ///< nearest neighbours
  double moveShare = 0;           ///< the same over the median distance of unrelated Gaussians
  double opacityCorrelation = 0;  ///< Pearson, over the Gaussians; 1 where nothing varies
  double colorCorrelation = 0;
  bool ordered = false;
};

/// Ordered: equal counts, opacities and colours (of what is seen in both) that correlate over 0.9,
/// and moves that are small beside the distance of neighbours, or at least beside that of unrelated
/// Gaussians (a running figure moves many neighbour distances a frame; shuffled frames move as far
/// as unrelated ones).
[[nodiscard]] FrameStep measureStep(const GaussianCloud& before, const GaussianCloud& after);

}  // namespace volpress
