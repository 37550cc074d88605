#include "scene/edit/nearest.hpp"

#include <algorithm>

#include "scene/base/point_tree.hpp"

namespace volpress::edit {
namespace {

constexpr std::size_t kGrain = 1024;

}  // namespace

Neighbours nearestNeighbours(const FloatArray& points, std::size_t k, TaskRunner& runner,
                             const std::stop_token& stop) {
  const std::size_t count = points.size() / 3;
  Neighbours result;
  result.each = count == 0 ? 0 : std::min(k, count - 1);
  if (result.each == 0 || stop.stop_requested()) {
    result.each = 0;
    return result;
  }
  const PointSource source{points};
  const PointTree tree(3, source, nanoflann::KDTreeSingleIndexAdaptorParams(16));
  result.indices.resize(count * result.each);
  result.squares.resize(count * result.each);
  runner.parallelFor(count, kGrain, [&](std::size_t begin, std::size_t end) {
    std::vector<std::uint32_t> indices(result.each + 1);
    std::vector<float> squares(result.each + 1);
    for (std::size_t i = begin; i < end && !stop.stop_requested(); ++i) {
      tree.knnSearch(&points[3 * i], result.each + 1, indices.data(), squares.data());
      // The point itself is among them, unless others lie at the same place.
      std::size_t kept = 0;
      for (std::size_t n = 0; n <= result.each && kept < result.each; ++n) {
        if (indices[n] != i) {
          result.indices[i * result.each + kept] = indices[n];
          result.squares[i * result.each + kept] = squares[n];
          ++kept;
        }
      }
    }
  });
  return result;
}

}  // namespace volpress::edit
