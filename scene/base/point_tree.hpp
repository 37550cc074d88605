// A k-d tree over points in space. Heavy: include it from .cpp files only, and link nanoflann.
#pragma once

#include <cstddef>
#include <cstdint>

#include <nanoflann.hpp>

#include "scene/base/float_array.hpp"

namespace volpress {

/// What nanoflann asks of a point set: `points` holds 3n numbers and outlives the tree.
struct PointSource {
  const FloatArray& points;
  [[nodiscard]] std::size_t kdtree_get_point_count() const { return points.size() / 3; }
  [[nodiscard]] float kdtree_get_pt(std::size_t i, std::size_t axis) const {
    return points[3 * i + axis];
  }
  template <typename Box>
  bool kdtree_get_bbox(Box& /*box*/) const {
    return false;
  }
};

using PointTree =
    nanoflann::KDTreeSingleIndexAdaptor<nanoflann::L2_Simple_Adaptor<float, PointSource>,
                                        PointSource, 3, std::uint32_t>;

}  // namespace volpress
