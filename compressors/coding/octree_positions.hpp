// Quantised positions: a set of grid points, coded as an octree.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <stop_token>
#include <vector>

#include "compressors/coding/neighbours.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::coding {

inline constexpr unsigned kMaxGridBits = 21;
/// What a decoder believes; the encoder pads streams of very many equal points accordingly.
inline constexpr std::size_t kMaxPointsPerByte = 1024;

struct EncodedPositions {
  Bytes bytes;
  /// order[i] is the index of the input point that the decoder returns as its i-th: Morton order,
  /// equal points in input order.
  std::vector<std::uint32_t> order;
};

/// Codes points whose coordinates are below 2^bits (1..21), any number of times the same point.
/// Cancelled when `stop` asks for it.
[[nodiscard]] Result<EncodedPositions> encodePositions(std::span<const GridPoint> points,
                                                       unsigned bits,
                                                       const std::stop_token& stop = {});

/// The points in Morton order. The bytes are untrusted: at most kMaxPointsPerByte points a byte are
/// believed.
[[nodiscard]] Result<std::vector<GridPoint>> decodePositions(ByteView stream,
                                                             const std::stop_token& stop = {});

/// Maps positions to grid points: cubes of one size, so that precision is the same along all axes.
struct PositionGrid {
  std::array<float, 3> origin{};  ///< centre of cell 0, scene units
  float cell = 1;                 ///< edge of a cell, scene units; > 0
  unsigned bits = 1;              ///< grid points lie below 2^bits

  /// The grid that covers all of `positions` (3n, finite), with cells of 2^-precision times the
  /// longest edge of the box of their 0.5 % .. 99.5 % range: a few far splats then cost themselves
  /// some bits instead of costing all others precision. Cells grow when the whole needs more than
  /// kMaxGridBits. `precision` is 1..kMaxGridBits.
  [[nodiscard]] static PositionGrid over(std::span<const float> positions, unsigned precision);
  /// The same for a precision between two whole ones: the grid of the next whole one with cells
  /// that are larger by what is missing. More than kMaxGridBits is taken as that.
  [[nodiscard]] static PositionGrid between(std::span<const float> positions, double precision);

  /// The cell a position (xyz) falls into; outside the grid, the nearest border cell.
  [[nodiscard]] GridPoint quantise(const float* xyz) const noexcept;
  /// The centre of a cell.
  [[nodiscard]] std::array<float, 3> position(const GridPoint& point) const noexcept;
};

}  // namespace volpress::coding
