// Between the raw domain of a cloud and the activated values that some formats store.
#pragma once

#include <algorithm>
#include <cmath>

#include "scene/types/gaussian_cloud.hpp"

namespace volpress::formats {

/// The opacity 0..1 of a logit.
[[nodiscard]] inline float opacityOf(float logit) noexcept { return 1 / (1 + std::exp(-logit)); }

/// The finite logit of a stored opacity; 0 and 1 stand for 1e-6 and 1 - 1e-6.
[[nodiscard]] inline float logitOf(double opacity) noexcept {
  opacity = std::clamp(opacity, 1e-6, 1 - 1e-6);
  return static_cast<float>(std::log(opacity / (1 - opacity)));
}

/// The base colour of a band 0 coefficient, unclamped, and back.
[[nodiscard]] inline float colourOf(float dc) noexcept { return 0.5F + kSh0 * dc; }
[[nodiscard]] inline float dcOf(double colour) noexcept {
  return static_cast<float>((colour - 0.5) / static_cast<double>(kSh0));
}

/// The log scale of a linear one; 0 becomes kMinLogScale, a negative one no number.
[[nodiscard]] inline float logScaleOf(float scale) noexcept {
  return scale == 0 ? kMinLogScale : std::max(std::log(scale), kMinLogScale);
}

}  // namespace volpress::formats
