// A multiresolution hash grid (Müller et al., Instant Neural Graphics Primitives, 2022, section 3):
// features of a point, interpolated on grids from coarse to fine whose fine vertices share table
// entries. The arithmetic of places is that of tiny-cuda-nn.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/task_runner.hpp"

namespace volpress::learning {

struct HashGridShape {
  unsigned levels = 16;     ///< L, at least 1
  unsigned features = 2;    ///< F of a vertex, 1..8
  unsigned tableBits = 14;  ///< entries of a level are at most 2^tableBits
  unsigned base = 16;       ///< resolution of the coarsest level, at least 2
  double growth = 1.447;    ///< of the resolution from level to level, at least 1
};

/// Immutable. Parameters are one array: level after level, entry after entry, `features` each.
class HashGrid {
public:
  explicit HashGrid(const HashGridShape& shape);

  [[nodiscard]] const HashGridShape& shape() const noexcept { return m_shape; }
  [[nodiscard]] std::size_t parameters() const noexcept { return m_parameters; }
  /// Numbers of a point: levels * features.
  [[nodiscard]] std::size_t outputs() const noexcept {
    return std::size_t{m_shape.levels} * m_shape.features;
  }
  /// Vertices along an edge of a level.
  [[nodiscard]] std::uint32_t resolution(unsigned level) const {
    return m_levels[level].resolution;
  }
  /// Where a level's parameters start.
  [[nodiscard]] std::size_t offset(unsigned level) const { return m_levels[level].offset; }
  /// Entries of a level.
  [[nodiscard]] std::size_t entries(unsigned level) const { return m_levels[level].entries; }

  /// Fills `out` (a row of outputs() for each of `points`, 3 coordinates each; those outside 0..1
  /// count as the nearest inside, NaN as 1).
  void forward(std::span<const float> parameters, std::span<const float> points,
               std::span<float> out, TaskRunner& runner) const;

  /// Given d(loss)/d(out), adds to d(loss)/d(parameters). The same bits on any number of threads.
  void backward(std::span<const float> points, std::span<const float> outGradient,
                std::span<float> parameterGradient, TaskRunner& runner) const;

private:
  struct Level {
    float scale;
    std::uint32_t resolution;
    std::size_t offset;
    std::size_t entries;
    bool hashed;
  };
  /// The 8 vertices around a point: where their features start, and their weights.
  struct Cell {
    std::array<std::size_t, 8> at;
    std::array<float, 8> weight;
  };
  [[nodiscard]] Cell cell(const Level& level, const float* point) const noexcept;

  HashGridShape m_shape;
  std::vector<Level> m_levels;
  std::size_t m_parameters = 0;
};

}  // namespace volpress::learning
