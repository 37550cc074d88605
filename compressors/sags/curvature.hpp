// How curved the surface is that points lie on (section 3.1 of the paper).
#pragma once

#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::compressors::sags {

/// Of each point and its 9 nearest the share of the smallest eigenvalue of their covariance: 0 on a
/// plane, a third at most.
[[nodiscard]] Result<std::vector<float>> curvatures(std::span<const coding::GridPoint> points,
                                                    TaskRunner& runner,
                                                    const std::stop_token& stop);

/// In standard deviations from the mean; 0 where all are the same.
[[nodiscard]] std::vector<float> standardised(std::span<const float> values);

inline constexpr float kFlat = -1;   ///< standardised curvature below which a place counts as flat
inline constexpr float kCurved = 1;  ///< and above which thin structures are likely

}  // namespace volpress::compressors::sags
