#include "compressors/coding/neighbours.hpp"

#include <algorithm>

namespace volpress::coding {

std::vector<std::uint32_t> nearestEarlier(std::span<const GridPoint> points, TaskRunner& runner) {
  std::vector<std::uint32_t> nearest(points.size(), 0);
  runner.parallelFor(points.size(), 1 << 14, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = std::max<std::size_t>(begin, 1); i < end; ++i) {
      std::uint64_t best = ~std::uint64_t{0};
      for (std::size_t j = i - std::min(i, kNeighbourWindow); j < i; ++j) {
        const auto squared = [](std::uint32_t a, std::uint32_t b) {
          const std::int64_t d = static_cast<std::int64_t>(a) - static_cast<std::int64_t>(b);
          return static_cast<std::uint64_t>(d * d);
        };
        const std::uint64_t distance = squared(points[i].x, points[j].x) +
                                       squared(points[i].y, points[j].y) +
                                       squared(points[i].z, points[j].z);
        if (distance <= best) {
          best = distance;
          nearest[i] = static_cast<std::uint32_t>(j);
        }
      }
    }
  });
  return nearest;
}

}  // namespace volpress::coding
