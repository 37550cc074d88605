#include "compressors/coding/neighbours.hpp"

#include <algorithm>

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "compressors/coding/neighbours.cpp"
#include <hwy/foreach_target.h>  // must come before highway.h
#include <hwy/highway.h>

#ifndef VOLPRESS_COMPRESSORS_CODING_NEIGHBOURS_ONCE
#define VOLPRESS_COMPRESSORS_CODING_NEIGHBOURS_ONCE
namespace volpress::coding {
/// Squared distances count in these units, so that places fit below them.
constexpr std::uint64_t kPlaceUnit = 64;
static_assert(kNeighbourWindow < kPlaceUnit);
}  // namespace volpress::coding
#endif

HWY_BEFORE_NAMESPACE();
namespace volpress::coding::HWY_NAMESPACE {

namespace hn = hwy::HWY_NAMESPACE;

/// For each of `count` points, how many places before it the nearest of the kNeighbourWindow points
/// before it stands (ties: the smallest). The columns hold kNeighbourWindow points more, in front.
/// All arithmetic is exact: squared distances stay under 2^45, and the place goes below them.
void findPlacesBack(const double* xs, const double* ys, const double* zs, std::size_t count,
                    std::uint32_t* places) {
  const hn::CappedTag<double, kNeighbourWindow> d;
  const auto unit = hn::Set(d, static_cast<double>(kPlaceUnit));
  for (std::size_t point = 0; point < count; ++point) {
    const auto x = hn::Set(d, xs[point + kNeighbourWindow]);
    const auto y = hn::Set(d, ys[point + kNeighbourWindow]);
    const auto z = hn::Set(d, zs[point + kNeighbourWindow]);
    auto best = hn::Set(d, 1e300);
    auto place = hn::Sub(hn::Set(d, static_cast<double>(kNeighbourWindow)), hn::Iota(d, 0.0));
    for (std::size_t i = point; i < point + kNeighbourWindow; i += hn::Lanes(d)) {
      const auto dx = hn::Sub(hn::LoadU(d, xs + i), x);
      const auto dy = hn::Sub(hn::LoadU(d, ys + i), y);
      const auto dz = hn::Sub(hn::LoadU(d, zs + i), z);
      const auto squared = hn::MulAdd(dx, dx, hn::MulAdd(dy, dy, hn::Mul(dz, dz)));
      best = hn::Min(best, hn::MulAdd(squared, unit, place));
      place = hn::Sub(place, hn::Set(d, static_cast<double>(hn::Lanes(d))));
    }
    const auto key = static_cast<std::uint64_t>(hn::GetLane(hn::MinOfLanes(d, best)));
    places[point] = static_cast<std::uint32_t>(key % kPlaceUnit);
  }
}

}  // namespace volpress::coding::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace volpress::coding {

HWY_EXPORT(findPlacesBack);

std::vector<std::uint32_t> nearestEarlier(std::span<const GridPoint> points, TaskRunner& runner) {
  // Padding is further off than two points of the grid can be from each other.
  constexpr double kFar = -static_cast<double>(1 << 23);
  constexpr std::size_t kGrain = 1 << 14;
  std::vector<std::uint32_t> nearest(points.size(), 0);
  runner.parallelFor(points.size(), kGrain, [&](std::size_t begin, std::size_t end) {
    const std::size_t count = end - begin + kNeighbourWindow;
    std::vector<double> columns(3 * count, kFar);
    for (std::size_t i = begin < kNeighbourWindow ? kNeighbourWindow - begin : 0; i < count; ++i) {
      const GridPoint& point = points[begin + i - kNeighbourWindow];
      columns[i] = point.x;
      columns[count + i] = point.y;
      columns[2 * count + i] = point.z;
    }
    HWY_DYNAMIC_DISPATCH(findPlacesBack)
    (columns.data(), columns.data() + count, columns.data() + 2 * count, end - begin,
     nearest.data() + begin);
    for (std::size_t i = std::max<std::size_t>(begin, 1); i < end; ++i) {
      nearest[i] = static_cast<std::uint32_t>(i) - nearest[i];
    }
  });
  if (!nearest.empty()) {
    nearest[0] = 0;
  }
  return nearest;
}

}  // namespace volpress::coding
#endif
