// Meshes as tokens for language models: Blocked and Patchified Tokenization (Weng et al., Scaling
// Mesh Generation via Compressive Tokenization, CVPR 2025, section 3). Vertices lie on a cubic grid
// of blocks of cells; fans of triangles around a vertex, patches, are written one after the other.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"
#include "scene/types/mesh.hpp"

namespace volpress::formats {

/// Cells along an axis are blocks * offsets. The paper has 8 * 16.
struct TokenGrid {
  std::uint32_t blocks = 8;
  std::uint32_t offsets = 16;

  [[nodiscard]] std::uint32_t cells() const noexcept { return blocks * offsets; }
  /// The first token of each kind: blocks, then offsets, then blocks that begin a patch, then the
  /// end.
  [[nodiscard]] std::uint32_t firstOffset() const noexcept { return blocks * blocks * blocks; }
  [[nodiscard]] std::uint32_t firstPatch() const noexcept {
    return firstOffset() + offsets * offsets * offsets;
  }
  [[nodiscard]] std::uint32_t end() const noexcept { return firstPatch() + firstOffset(); }

  friend bool operator==(const TokenGrid&, const TokenGrid&) = default;
};

/// The grid of 7 to 10 bits an axis.
[[nodiscard]] TokenGrid tokenGrid(unsigned bits);

/// Where the grid lies: cell i of an axis is at centre + ((i + 0.5) / cells * 2 - 1) / scale.
struct TokenFrame {
  std::array<double, 3> centre{};  ///< x, y, z of the mesh
  double scale = 1;
};

/// The frame in which coordinates from `low` to `high` span 0.95 of the grid either side.
[[nodiscard]] TokenFrame tokenFrame(const std::array<double, 3>& low,
                                    const std::array<double, 3>& high);

enum class TokenScheme : std::uint8_t {
  Paper,     ///< as the authors' program writes: the winding of a patch follows its first triangle
  Oriented,  ///< the winding of every triangle is kept, and a patch costs a token less
};

/// Where a vertex lies on the grid, and a number for it that no other has.
using TokenCell = std::array<std::uint16_t, 3>;
[[nodiscard]] constexpr std::uint64_t cellKey(const TokenCell& cell) noexcept {
  return std::uint64_t{cell[0]} << 32 | std::uint64_t{cell[1]} << 16 | cell[2];
}

/// A mesh on the grid. Axes are turned as the paper has them: a vertex is z, x, y of the mesh.
struct TokenMesh {
  std::vector<TokenCell> vertices;                  ///< cells, each place once, in canonical order
  std::vector<std::array<std::uint32_t, 3>> faces;  ///< smallest index first, in canonical order
};

/// Corners on the grid, equal ones welded, triangles with fewer than three places dropped.
/// `positions`: 3 a vertex, finite; `indices`: 3 a triangle, in range.
[[nodiscard]] TokenMesh tokenMesh(std::span<const float> positions,
                                  std::span<const std::uint32_t> indices, const TokenFrame& frame,
                                  const TokenGrid& grid);

/// Fans of triangles: centres, each with the vertices of its ring. Triangles are
/// (centre, ring i, ring i + 1).
struct TokenPatches {
  std::vector<TokenCell> vertices;  ///< the centre first, then the ring
  std::vector<std::size_t> starts;  ///< of patches in `vertices`; one more at the end
};

/// Every triangle of the mesh once (section 3.2).
[[nodiscard]] TokenPatches tokenPatches(const TokenMesh& mesh, TokenScheme scheme);

/// Tokens with the end token (section 3.1).
[[nodiscard]] std::vector<std::uint32_t> writeTokens(const TokenPatches& patches,
                                                     const TokenGrid& grid, TokenScheme scheme);

/// The patches of untrusted tokens of either scheme. CorruptData for tokens out of order.
[[nodiscard]] Result<TokenPatches> readTokens(std::span<const std::uint32_t> tokens,
                                              const TokenGrid& grid);

/// Bytes that a token takes in a file: 2 where every token of the grid fits, else 4.
[[nodiscard]] std::size_t tokenBytes(const TokenGrid& grid) noexcept;
void appendTokens(ByteWriter& writer, std::span<const std::uint32_t> tokens, const TokenGrid& grid);
/// `count` tokens of `width` bytes. CorruptData when fewer bytes are left.
[[nodiscard]] Result<std::vector<std::uint32_t>> takeTokens(ByteReader& reader, std::size_t count,
                                                            std::size_t width);

/// A frame as four doubles: its centre, then its scale. Read from untrusted bytes; CorruptData for
/// one that lies nowhere.
void writeTokenFrame(ByteWriter& writer, const TokenFrame& frame);
[[nodiscard]] Result<TokenFrame> readTokenFrame(ByteReader& reader);

/// The triangles of patches as a part with positions alone; vertices at one place are one.
[[nodiscard]] MeshPart patchPart(const TokenPatches& patches, const TokenFrame& frame,
                                 const TokenGrid& grid);

}  // namespace volpress::formats
