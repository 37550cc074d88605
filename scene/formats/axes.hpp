// Axis systems that differ by the directions of the axes only.
#pragma once

#include <array>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

/// Per axis +1 to keep its direction or -1 to turn it round.
using AxisSigns = std::array<float, 3>;

/// Which axes point the other way than those of the INRIA frame.
[[nodiscard]] AxisSigns axisSigns(AxisFrame frame) noexcept;

/// Which axes of two frames point opposite ways.
[[nodiscard]] AxisSigns axisSignsBetween(AxisFrame from, AxisFrame to) noexcept;

/// What the numbers of one splat are multiplied by when axes are turned round.
struct AxisTurn {
  AxisSigns mean;
  std::array<float, 4> rotation;                        ///< w,x,y,z
  std::array<float, shRestCount(kMaxShDegree)> shRest;  ///< every channel
};
[[nodiscard]] AxisTurn axisTurn(const AxisSigns& signs) noexcept;

/// Rewrites means, rotations and SH (every band) of the splats [begin, end) for axes of which some
/// are turned round. Applied twice it changes nothing. The frame tag is left alone.
void turnAxes(GaussianCloud& cloud, const AxisSigns& signs, std::size_t begin, std::size_t end);
inline void turnAxes(GaussianCloud& cloud, const AxisSigns& signs) {
  turnAxes(cloud, signs, 0, cloud.count);
}

}  // namespace volpress::formats
