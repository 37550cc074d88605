#include "scene/formats/axes.hpp"

namespace volpress::formats {
namespace {

// The sign that each SH coefficient above band 0 takes: its basis function is even or odd in each
// coordinate.
std::array<float, shRestCount(kMaxShDegree)> shSigns(const AxisSigns& signs) {
  const float x = signs[0];
  const float y = signs[1];
  const float z = signs[2];
  return {y,     z,         x,                                     // band 1
          x * y, y * z,     1,     x * z, 1,                       // band 2
          y,     x * y * z, y,     z,     x, z,     x,             // band 3
          x * y, y * z,     x * y, y * z, 1, x * z, 1, x * z, 1};  // band 4
}

}  // namespace

AxisSigns axisSigns(AxisFrame frame) noexcept {
  switch (frame) {
    case AxisFrame::RightDownForward: return {1, 1, 1};
    case AxisFrame::RightUpBack: return {1, -1, -1};
    case AxisFrame::LeftUpForward: return {-1, -1, 1};
  }
  return {1, 1, 1};
}

AxisSigns axisSignsBetween(AxisFrame from, AxisFrame to) noexcept {
  AxisSigns signs = axisSigns(from);
  const AxisSigns other = axisSigns(to);
  for (std::size_t c = 0; c < signs.size(); ++c) {
    signs[c] *= other[c];
  }
  return signs;
}

AxisTurn axisTurn(const AxisSigns& signs) noexcept {
  return {
      signs, {1, signs[1] * signs[2], signs[0] * signs[2], signs[0] * signs[1]}, shSigns(signs)};
}

void turnAxes(GaussianCloud& cloud, const AxisSigns& signs, std::size_t begin, std::size_t end) {
  const AxisTurn turn = axisTurn(signs);
  // One sign for each number of a splat, so that the loop over them is plain.
  std::array<float, 3 * shRestCount(kMaxShDegree)> numberSigns{};
  for (std::size_t j = 0; j < numberSigns.size(); ++j) {
    numberSigns[j] = turn.shRest[j / 3];
  }
  const std::size_t width = 3 * shRestCount(cloud.shDegree);
  for (std::size_t i = begin; i < end; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      cloud.means[3 * i + c] *= signs[c];
    }
    for (std::size_t c = 0; c < 4; ++c) {
      cloud.rotations[4 * i + c] *= turn.rotation[c];
    }
    float* rest = cloud.shRest.data() + i * width;
    for (std::size_t j = 0; j < width; ++j) {
      rest[j] *= numberSigns[j];
    }
  }
}

}  // namespace volpress::formats
