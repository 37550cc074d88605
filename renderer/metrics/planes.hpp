// Single-channel float planes and the separable filters that the metrics share.
#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>
#include <vector>

#include "scene/base/result.hpp"
#include "scene/base/task_runner.hpp"
#include "scene/types/image.hpp"

namespace volpress::metrics {

/// Row-major scalars.
template <typename T>
struct Plane {
  std::size_t width = 0;
  std::size_t height = 0;
  std::vector<T> values;

  [[nodiscard]] T* row(std::size_t y) { return values.data() + y * width; }
  [[nodiscard]] const T* row(std::size_t y) const { return values.data() + y * width; }
};

template <typename T>
[[nodiscard]] Plane<T> makePlane(std::size_t width, std::size_t height) {
  return {width, height, std::vector<T>(width * height)};
}

/// `value` clamped to 0..1; not-a-number becomes 0.
[[nodiscard]] inline float clampUnit(float value) noexcept {
  return value > 0.0F ? std::min(value, 1.0F) : 0.0F;
}

/// InvalidParameter unless both pictures have the same non-zero size and channels, and buffers of
/// that size.
[[nodiscard]] Result<void> checkPair(const Image& reference, const Image& test);

/// Rows a task handles; results never depend on it.
inline constexpr std::size_t kRowGrain = 16;

/// Adds up `rowSum(y)` over rows, in row order whatever the threads.
[[nodiscard]] double sumRows(std::size_t height, TaskRunner& runner,
                             const std::function<double(std::size_t)>& rowSum);

/// Correlates with `horizontal` along x and `vertical` along y (odd lengths, centred), repeating
/// the border.
[[nodiscard]] Plane<float> filterSeparable(const Plane<float>& input,
                                           std::span<const float> horizontal,
                                           std::span<const float> vertical, TaskRunner& runner);

}  // namespace volpress::metrics
