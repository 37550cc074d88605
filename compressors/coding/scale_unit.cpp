#include "compressors/coding/scale_unit.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace volpress::coding {

float medianSmallestScale(const GaussianCloud& cloud) {
  std::vector<float> smallest(cloud.count);
  for (std::size_t i = 0; i < cloud.count; ++i) {
    smallest[i] =
        std::min({cloud.logScales[3 * i], cloud.logScales[3 * i + 1], cloud.logScales[3 * i + 2]});
  }
  const auto middle = smallest.begin() + static_cast<std::ptrdiff_t>(smallest.size() / 2);
  std::nth_element(smallest.begin(), middle, smallest.end());
  return std::clamp(std::exp(*middle), 1e-9F, 1e9F);
}

}  // namespace volpress::coding
