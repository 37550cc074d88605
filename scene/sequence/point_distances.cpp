#include "scene/sequence/point_distances.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "scene/base/point_tree.hpp"

namespace volpress {
namespace {

constexpr std::size_t kSamples = 4096;

double medianRoot(std::vector<double>& squares) {
  if (squares.empty()) {
    return 0;
  }
  const auto middle = squares.begin() + static_cast<std::ptrdiff_t>(squares.size() / 2);
  std::nth_element(squares.begin(), middle, squares.end());
  return std::sqrt(*middle);
}

}  // namespace

double medianNeighbourDistance(const FloatArray& points) {
  const std::size_t count = points.size() / 3;
  if (count < 2) {
    return 0;
  }
  const PointSource source{points};
  const PointTree tree(3, source, nanoflann::KDTreeSingleIndexAdaptorParams(16));
  std::vector<double> squares;
  const std::size_t step = std::max<std::size_t>(1, count / kSamples);
  for (std::size_t i = 0; i < count; i += step) {
    std::array<std::uint32_t, 2> indices{};
    std::array<float, 2> found{};
    if (tree.knnSearch(&points[3 * i], 2, indices.data(), found.data()) == 2) {
      squares.push_back(static_cast<double>(found[1]));
    }
  }
  return medianRoot(squares);
}

double medianDistance(const FloatArray& a, const FloatArray& b, std::size_t shift) {
  const std::size_t count = a.size() / 3;
  std::vector<double> squares;
  const std::size_t step = std::max<std::size_t>(1, count / kSamples);
  for (std::size_t i = 0; i < count; i += step) {
    const std::size_t j = (i + shift) % count;
    double sum = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const double d = static_cast<double>(b[3 * j + axis]) - static_cast<double>(a[3 * i + axis]);
      sum += d * d;
    }
    squares.push_back(sum);
  }
  return medianRoot(squares);
}

}  // namespace volpress
