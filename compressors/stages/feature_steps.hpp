// Steps in which learnt features are rounded.
#pragma once

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

namespace volpress::coding {

/// The step of each of `width` interleaved channels that cuts its range into 2^bits - 1, and at
/// least `least`. At least one row of values.
[[nodiscard]] inline std::vector<float> stepsOverRanges(std::span<const float> values,
                                                        std::size_t width, double bits,
                                                        float least) {
  std::vector<float> steps(width);
  for (std::size_t c = 0; c < width; ++c) {
    float low = values[c];
    float high = values[c];
    for (std::size_t i = c; i < values.size(); i += width) {
      low = std::min(low, values[i]);
      high = std::max(high, values[i]);
    }
    const auto step = static_cast<float>(static_cast<double>(high - low) / (std::exp2(bits) - 1));
    steps[c] = std::max(step, least);
  }
  return steps;
}

}  // namespace volpress::coding
