// Radiance fields whose values lie in space itself: the sparse grid of Plenoxels (Fridovich-Keil et
// al. 2022, "Plenoxels: Radiance Fields without Neural Networks", code svox2) and the octree of
// PlenOctrees (Yu et al. 2021, "PlenOctrees for Real-time Rendering of Neural Radiance Fields").
//
// Places are in the world of the data set, z up; cameras follow `Camera`. Densities are per world
// length. Colours are spherical harmonics of the viewing direction in the basis of
// spherical_harmonics.hpp, channel by channel: all coefficients of red, of green, of blue.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <variant>
#include <vector>

#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress {

/// Which vertices of a grid have values. Vertex (x, y, z) has number (x * Y + y) * Z + z; those
/// that are set have rows in that order.
class VertexMask {
public:
  VertexMask() = default;
  explicit VertexMask(std::size_t vertices)
      : m_size(vertices), m_words((vertices + 63) / 64), m_ranks(m_words.size()) {}

  [[nodiscard]] std::size_t size() const noexcept { return m_size; }
  [[nodiscard]] bool test(std::size_t vertex) const noexcept {
    return (m_words[vertex / 64] >> (vertex % 64) & 1U) != 0;
  }
  void set(std::size_t vertex) noexcept { m_words[vertex / 64] |= std::uint64_t{1} << vertex % 64; }
  /// Numbers the rows; after the last `set`.
  void number() noexcept;
  [[nodiscard]] std::size_t count() const noexcept { return m_count; }
  /// The row of a vertex that is set.
  [[nodiscard]] std::size_t row(std::size_t vertex) const noexcept {
    const std::uint64_t below = m_words[vertex / 64] & ((std::uint64_t{1} << vertex % 64) - 1);
    return m_ranks[vertex / 64] + static_cast<std::size_t>(std::popcount(below));
  }
  /// Bit i of word w is vertex 64w + i.
  [[nodiscard]] const std::vector<std::uint64_t>& words() const noexcept { return m_words; }
  /// The vertices that are set, ascending.
  [[nodiscard]] std::vector<std::uint32_t> vertices() const;
  bool operator==(const VertexMask& other) const noexcept {
    return m_size == other.m_size && m_words == other.m_words;
  }

private:
  std::size_t m_size = 0, m_count = 0;
  std::vector<std::uint64_t> m_words;
  std::vector<std::uint32_t> m_ranks;
};

inline constexpr std::size_t kMaxVoxelSide = 2048;
inline constexpr std::size_t kMaxVoxelVertices = std::size_t{1} << 27;

/// Values at the vertices of a sparse grid, interpolated trilinearly; vertices without values count
/// as zeros. Colour = max(0, 0.5 + SH).
struct VoxelGrid {
  std::array<std::uint32_t, 3> resolution{2, 2, 2};  ///< vertices an axis, 2..2048
  std::array<float, 3> radius{1, 1, 1};              ///< half the box, > 0
  std::array<float, 3> center{};
  unsigned basis = 9;  ///< SH coefficients a channel: 1, 4 or 9
  VertexMask mask;
  FloatArray density;  ///< a row; negative ones count in the interpolation
  FloatArray sh;       ///< 3 * basis a row

  [[nodiscard]] std::size_t vertexCount() const noexcept {
    return std::size_t{resolution[0]} * resolution[1] * resolution[2];
  }
  [[nodiscard]] std::size_t vertexAt(std::size_t x, std::size_t y, std::size_t z) const noexcept {
    return (x * resolution[1] + y) * resolution[2] + z;
  }
  /// World to grid coordinates, in which vertices lie at whole numbers: g = p * scale + shift.
  [[nodiscard]] std::array<float, 3> scale() const noexcept;
  [[nodiscard]] std::array<float, 3> shift() const noexcept;
};

inline constexpr std::size_t kMaxTreeNodes = std::size_t{1} << 26;
inline constexpr unsigned kMaxTreeDepth = 16;

/// The branches of an octree. Node 0 is the root; cell c of a node is c = 4x + 2y + z.
struct TreeShape {
  std::vector<std::int32_t> child;      ///< 8 a node: 0 for a leaf, else how far on its node lies
  std::array<float, 3> scale{1, 1, 1};  ///< invradius3: unit cube = shift + scale * place
  std::array<float, 3> shift{};         ///< offset
  unsigned depthLimit = 1;              ///< deepest nodes; 2^(depthLimit + 1) leaves an axis

  [[nodiscard]] std::size_t nodes() const noexcept { return child.size() / 8; }
  /// For each node the cell that holds it (8 * node + cell; the root's is 0) and its depth.
  [[nodiscard]] std::vector<std::array<std::int32_t, 2>> parents() const;
};

/// Constant values in the leaves of an octree. Colour = sigmoid(SH).
struct VoxelTree {
  TreeShape shape;
  unsigned basis = 9;
  /// 3 * basis + 1 a cell (8 cells a node): the harmonics, then the density. Those of cells with
  /// children mean nothing.
  FloatArray data;

  [[nodiscard]] std::size_t dimension() const noexcept { return 3 * basis + 1; }
};

using VoxelField = std::variant<VoxelGrid, VoxelTree>;

/// Whether a number of coefficients a channel is one of those allowed.
[[nodiscard]] constexpr bool isVoxelBasis(std::uint64_t basis) noexcept {
  return basis == 1 || basis == 4 || basis == 9;
}

/// Counts, branches and lengths fit each other and are within the limits; numbers are finite.
/// CorruptData names what is not.
[[nodiscard]] Result<void> validate(const VoxelGrid& grid);
[[nodiscard]] Result<void> validate(const VoxelTree& tree);
[[nodiscard]] Result<void> validate(const VoxelField& field);
/// Every branch leads to a node that no other leads to, and none deeper than kMaxTreeDepth.
[[nodiscard]] Result<void> validate(const TreeShape& shape);

/// Rows with values, or leaves with density above 0.
[[nodiscard]] std::size_t occupiedCount(const VoxelField& field);
/// A ball around them in world units; around the box when there are none.
[[nodiscard]] OccupiedBall occupiedBall(const VoxelField& field);
/// As the codecs count it: densities and harmonics in binary32 and binary16, and the links or
/// branches.
[[nodiscard]] std::uint64_t plainVoxelBytes(const VoxelField& field);

/// The trilinear density at a place of grid coordinates within the grid.
[[nodiscard]] float densityAt(const VoxelGrid& grid, const std::array<float, 3>& place);
/// The cell (8 * node + cell) that holds a place of the unit cube, its side, and the place within
/// it (0..1).
struct TreeCell {
  std::size_t cell;
  float side;
  std::array<float, 3> within;
  unsigned depth;  ///< of its node
};
[[nodiscard]] TreeCell cellAt(const TreeShape& shape, std::array<float, 3> place) noexcept;

/// The cells of a tree without children, with their middles in the unit cube, in the order of a
/// walk from the root (cell 0 first).
struct TreeLeaf {
  std::size_t cell;
  std::array<float, 3> middle;
  unsigned depth;
};
[[nodiscard]] std::vector<TreeLeaf> leavesOf(const TreeShape& shape);

}  // namespace volpress
