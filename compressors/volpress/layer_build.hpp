// From a cloud to a layer's wanted values, and the models that its coding follows.
#pragma once

#include <span>

#include "compressors/volpress/layer.hpp"
#include "compressors/volpress/sensitivity.hpp"

namespace volpress::compressors::own {

/// What a layer is built for.
struct LayerTarget {
  /// Mean squared error of the pictures that one bit must save to be worth it: the slope at which
  /// every number of every splat is quantised.
  double slope = 1e-10;
  float smoothing = 0;
  /// Octaves by which each kind of step is longer than its sensitivity alone says.
  std::array<double, kPrecisions> longer{};
};

/// The splats `chosen` (indices into the canonical cloud, any order) as a layer in Morton order;
/// `order` becomes the cloud's index of each row.
[[nodiscard]] Result<Layer> buildLayer(const GaussianCloud& cloud,
                                       const Sensitivities& sensitivities,
                                       std::span<const std::uint32_t> chosen,
                                       const LayerTarget& target, TaskRunner& runner,
                                       const std::stop_token& stop,
                                       std::vector<std::uint32_t>& order);

}  // namespace volpress::compressors::own
