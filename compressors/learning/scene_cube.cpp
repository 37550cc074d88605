#include "compressors/learning/scene_cube.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace volpress::learning {

FieldPlace placeOf(const FloatArray& means) {
  const std::size_t count = means.size() / 3;
  FieldPlace place;
  std::vector<float> values(count);
  const auto ranked = [&values](double rank) {
    const auto at =
        values.begin() + static_cast<std::ptrdiff_t>(rank * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), at, values.end());
    return *at;
  };
  for (std::size_t axis = 0; axis < 3; ++axis) {
    for (std::size_t i = 0; i < count; ++i) {
      values[i] = means[3 * i + axis];
    }
    place.centre[axis] = ranked(0.5);
  }
  for (std::size_t i = 0; i < count; ++i) {
    values[i] = std::hypot(means[3 * i] - place.centre[0], means[3 * i + 1] - place.centre[1],
                           means[3 * i + 2] - place.centre[2]);
  }
  place.radius = ranked(0.9);
  if (!(place.radius > 0) || !std::isfinite(place.radius)) {
    place.radius = 1;
  }
  return place;
}

FloatArray cubePoints(const FieldPlace& where, const FloatArray& means) {
  FloatArray points(means.size());
  for (std::size_t i = 0; i < means.size(); i += 3) {
    std::array<float, 3> place{};
    float length = 0;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      place[axis] = (means[i + axis] - where.centre[axis]) / where.radius;
      length += place[axis] * place[axis];
    }
    length = std::sqrt(length);
    // Far away the sum of squares may overflow: such a splat lies on the border.
    const bool far = length > 1;
    const float shrink = !far ? 1.0F : std::isfinite(length) ? (2 - 1 / length) / length : 0.0F;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      points[i + axis] = place[axis] * shrink / 4 + 0.5F;
    }
  }
  return points;
}

}  // namespace volpress::learning
