#include <algorithm>

#include "scene/base/task_runner.hpp"

namespace volpress {

void SerialRunner::parallelFor(std::size_t count, std::size_t grain,
                               const std::function<void(std::size_t, std::size_t)>& body) {
  grain = std::max<std::size_t>(grain, 1);
  for (std::size_t begin = 0; begin < count; begin += grain) {
    body(begin, std::min(count, begin + grain));
  }
}

}  // namespace volpress
