// Adam (Kingma and Ba 2015) on one array of parameters.
#pragma once

#include <cstdint>
#include <span>

#include "scene/base/float_array.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::learning {

/// The memory of one group of parameters; the first beta is 0.9.
struct Adam {
  FloatArray first, second;  ///< moments, one each a parameter
  std::uint64_t steps = 0;
  double beta2 = 0.999;
  bool leavesUntouched = false;  ///< parameters whose gradient is exactly 0 stay as they are, and
                                 ///< their moments: for tables of which a step sees a part

  /// Moves `values` against `gradient`, which is set to zero, and sizes the moments on first use.
  void step(FloatArray& values, FloatArray& gradient, double rate, TaskRunner& runner);

  /// Follows a change of the rows (`width` parameters each): row i comes from `sources[i]`; those
  /// from `kept` on start afresh.
  void regroup(std::span<const std::uint32_t> sources, std::size_t kept, std::size_t width);
};

}  // namespace volpress::learning
