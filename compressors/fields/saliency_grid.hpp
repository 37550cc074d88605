// The saliency mask of HollowNeRF (Chen, Wan, Huang, Chen 2023): over each cascade of a field's
// occupancy lies a grid of cells with values m in 0..1, coarser than the finest features. While it
// is learnt m gates features and density; in the end it is bits, and those are the occupancy.
//
// A cascade has 2^bits cells along an edge, bits = 5..7; cells are numbered in Morton order, one
// cascade after the other, so that cell i stands for the occupancy's bits
// [i << 3 (7 - bits), (i + 1) << 3 (7 - bits)).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/float_array.hpp"
#include "scene/base/result.hpp"
#include "scene/types/hash_grid_field.hpp"

namespace volpress::fields {

inline constexpr unsigned kLeastMaskBits = 5;
inline constexpr unsigned kMostMaskBits = kOccupancyBits;

/// Whether each cell is in the mask; 1 or 0, cascades * 8^bits of them.
struct SaliencyMask {
  unsigned bits = kMostMaskBits;
  unsigned cascades = 1;
  std::vector<std::uint8_t> cells;

  [[nodiscard]] std::size_t cascadeCells() const noexcept { return std::size_t{1} << (3 * bits); }
  /// Cells of the second and later cascades that the finer one covers: never asked, always 0.
  [[nodiscard]] bool isCovered(std::size_t cell) const noexcept;
  [[nodiscard]] std::size_t count() const noexcept;
};

/// The cells in which `occupancy` has a bit.
[[nodiscard]] SaliencyMask maskOf(const std::vector<std::uint8_t>& occupancy, unsigned bits);
/// The bits of all cells of the mask, and those of coarser cascades that cover them.
[[nodiscard]] std::vector<std::uint8_t> maskOccupancy(const SaliencyMask& mask);

/// Entropy-coded: raster order, contexts from the cells before.
[[nodiscard]] Bytes encodeMask(const SaliencyMask& mask);
/// Untrusted bytes. CorruptData for other resolutions than 5 to 7 bits, and unless the stream ends
/// with the last cell.
[[nodiscard]] Result<SaliencyMask> decodeMask(ByteView stream, unsigned cascades);

/// Values between 0 and 1, interpolated between the centres of cells.
class SaliencyGrid {
public:
  /// Places of a lower value are skipped.
  static constexpr float kLeast = 0.02F;

  SaliencyGrid(const HashGridField& field, unsigned bits);

  FloatArray values;  ///< one a cell; 1 at first

  /// The cells around a place and their shares, which add up to 1.
  struct Place {
    std::array<std::uint32_t, 8> cells{};
    std::array<float, 8> weights{};
  };
  /// Of a place in the coordinates of the grid, 0..1 over the field's box.
  [[nodiscard]] Place around(const std::array<float, 3>& inBox) const noexcept;
  [[nodiscard]] float at(const Place& place) const noexcept;

private:
  unsigned m_bits;
  unsigned m_cascades;
  float m_side;  ///< of the box
};

}  // namespace volpress::fields
