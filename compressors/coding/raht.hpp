// Region-adaptive hierarchical transform (de Queiroz & Chou, "Compression of 3D Point Clouds Using
// a Region-Adaptive Hierarchical Transform", 2016): a Haar wavelet over an octree whose steps are
// weighted by how many points each side holds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "scene/base/task_runner.hpp"

namespace volpress::coding {

/// The transform of rows that belong to a Morton-ordered set of grid points. It follows from the
/// points alone, so a decoder that has the positions has the transform. Orthonormal: an error in
/// the coefficients is as large in the values.
///
/// Arithmetic is products of two floats, whose sum in double is rounded once more to float. Such
/// products are exact in double, so fusing them changes nothing and every machine rebuilds the same
/// bits. Immutable; may be shared by threads.
class Raht {
public:
  /// `points` in Morton order, as `decodePositions` returns them. Points may be equal: those form
  /// further levels below the grid's.
  explicit Raht(std::span<const GridPoint> points);

  [[nodiscard]] std::size_t rows() const noexcept { return m_order.size(); }

  /// Replaces values by coefficients, in place: `values` is rows() * channels floats, row-major.
  /// Row 0 becomes the coarsest one, the mean times the square root of the rows; row i becomes the
  /// difference across the border before point i. The same bits on any number of threads.
  void forward(std::span<float> values, std::size_t channels, TaskRunner& runner) const;

  /// The inverse, and the transpose: also carries gradients of values to gradients of coefficients
  /// when called as `forward`, and the other way round.
  void inverse(std::span<float> values, std::size_t channels, TaskRunner& runner) const;

  /// The rows from the coarsest level to the finest; within a level in Morton order. Coefficients
  /// next to each other in this order are of like size.
  [[nodiscard]] std::span<const std::uint32_t> coarseToFine() const noexcept { return m_order; }

  /// Of each row: how many points lie on both sides together of the border that it describes (the
  /// weight of the node); of row 0 rows().
  [[nodiscard]] std::span<const std::uint32_t> weights() const noexcept { return m_weights; }

private:
  /// One step: `low = a * left + b * right`, `high = a * right - b * left`, which stay at the left
  /// node's and the right node's first row.
  struct Butterfly {
    std::uint32_t left, right;
    float a, b;
  };

  std::vector<Butterfly> m_butterflies;  ///< from the finest level to the coarsest
  std::vector<std::size_t> m_levelEnds;  ///< in m_butterflies; those of one level are independent
  std::vector<std::uint32_t> m_order;
  std::vector<std::uint32_t> m_weights;
};

}  // namespace volpress::coding
