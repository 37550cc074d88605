// Adam (Kingma and Ba 2015) on one array of parameters.
#pragma once

#include <cstdint>
#include <span>

#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::learning {

/// The memory of one group of parameters, with betas 0.9 and 0.999.
struct Adam {
  FloatArray first, second;  ///< moments, one each a parameter
  std::uint64_t steps = 0;

  /// Moves `values` against `gradient`, which is set to zero, and sizes the moments on first use.
  void step(FloatArray& values, FloatArray& gradient, double rate, TaskRunner& runner);

  /// Follows a change of the rows (`width` parameters each): row i comes from `sources[i]`; those
  /// from `kept` on start afresh.
  void regroup(std::span<const std::uint32_t> sources, std::size_t kept, std::size_t width);
};

}  // namespace volpress::learning
