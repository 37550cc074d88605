// A scene without bounds in a cube of edge 1, where a hash grid can lie over it.
#pragma once

#include <array>

#include "scene/base/float_array.hpp"

namespace volpress::learning {

/// Where the field's cube lies: what is nearer to the centre than the radius fills the middle of
/// it, everything else is drawn together around that.
struct FieldPlace {
  std::array<float, 3> centre{};
  float radius = 1;  ///< positive
};
/// The median of the positions, and the distance from it that nine in ten keep.
[[nodiscard]] FieldPlace placeOf(const FloatArray& means);

/// The places of `means` (3 numbers each) in the cube.
[[nodiscard]] FloatArray cubePoints(const FieldPlace& where, const FloatArray& means);

}  // namespace volpress::learning
