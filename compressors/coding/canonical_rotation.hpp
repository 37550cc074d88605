// One of the 48 equal descriptions of an ellipsoid.
#pragma once

#include <array>

#include "scene/base/task_runner.hpp"
#include "scene/types/gaussian_cloud.hpp"

namespace volpress::coding {

/// Log scales in falling order, and the unit quaternion w,x,y,z that goes with them whose w is
/// positive and the largest component.
struct CanonicalEllipsoid {
  std::array<double, 3> logScales{};
  std::array<double, 4> rotation{1, 0, 0, 0};
};

/// Swapping axes, or turning by 180 degrees about one, leaves a Gaussian as it is. Choosing always
/// the same of these descriptions leaves less to store: about 5 bits a splat. `logScales` is 3
/// floats, `rotation` a quaternion w,x,y,z of any length but zero.
[[nodiscard]] CanonicalEllipsoid canonicalEllipsoid(const float* logScales, const float* rotation);

/// Describes every splat of a cloud so: the same pictures.
void canonicalise(GaussianCloud& cloud, TaskRunner& runner);

}  // namespace volpress::coding
