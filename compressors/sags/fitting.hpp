// Fitting features and networks to a scene's splats, without drawing anything.
#pragma once

#include <span>

#include "compressors/codec.hpp"
#include "compressors/sags/point_decoder.hpp"

namespace volpress::compressors::sags {

struct FitTask {
  const Points& points;
  const PointDecoder& decoder;
  const GaussianCloud& target;             ///< of the decoder's SH degree
  std::span<const std::uint32_t> targets;  ///< the splat that each point should look like
  std::span<const float> importance;       ///< of each splat, mean 1
  unsigned steps = 0;
};

/// Adam over random points. Returns the mean loss of the last steps. The same bits on any number of
/// threads.
[[nodiscard]] Result<double> fitPoints(const FitTask& task, Weights& weights, RunContext& context);

}  // namespace volpress::compressors::sags
