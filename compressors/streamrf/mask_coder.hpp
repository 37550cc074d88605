// Codes which vertices of a grid are set, and which of them have new values, over time.
//
// Blocks of 8^3 vertices in Morton order, each with a flag (as before, empty, full, bit by bit);
// bits by adaptive models whose contexts are the frame before and the vertices already coded
// (section 3 of FORMAT.md).
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "compressors/coding/range_coder.hpp"
#include "compressors/coding/value_coder.hpp"
#include "scene/types/voxel_field.hpp"

namespace volpress::compressors::streamrf {

/// One flag a vertex of the grid.
using VertexFlags = std::vector<std::uint8_t>;

class MaskCoder {
public:
  explicit MaskCoder(const std::array<std::uint32_t, 3>& resolution);

  /// Codes `next` given `before`, the mask of the frame before; in a key frame that is empty. False
  /// when a stream that is read ended early.
  template <typename Side>
  [[nodiscard]] bool codeMask(Side& side, const VertexMask& before, bool isKey, VertexMask& next);

  /// Codes a flag for every vertex that `here` accepts; others have 0. `changed` holds the flags of
  /// the frame before, and then these.
  template <typename Side>
  [[nodiscard]] bool codeFlags(Side& side, const VertexMask& before, const VertexMask& next,
                               VertexFlags& changed, const VertexFlags& wanted);

private:
  struct Block {
    std::array<std::uint32_t, 3> from, to;
  };
  [[nodiscard]] std::size_t vertexAt(std::size_t x, std::size_t y, std::size_t z) const {
    return (x * m_resolution[1] + y) * m_resolution[2] + z;
  }
  template <typename Side>
  [[nodiscard]] static bool codeBit(Side& side, coding::BitModel& model, bool wanted) {
    const bool bit = side.bit(model.zeroProbability(), wanted);
    model.update(bit);
    return bit;
  }
  template <typename Visit>
  static void visit(const Block& block, const Visit& each) {
    for (std::uint32_t x = block.from[0]; x < block.to[0]; ++x) {
      for (std::uint32_t y = block.from[1]; y < block.to[1]; ++y) {
        for (std::uint32_t z = block.from[2]; z < block.to[2]; ++z) {
          each(x, y, z);
        }
      }
    }
  }

  std::array<std::uint32_t, 3> m_resolution;
  std::vector<Block> m_blocks;  ///< Morton order
  std::array<coding::BitModel, 12> m_same{};
  std::array<coding::BitModel, 6> m_kind{};
  std::array<coding::BitModel, 56> m_bits{};
  std::array<coding::BitModel, 64> m_keyBits{};
  std::array<coding::BitModel, 4> m_anyFlag{};
  std::array<coding::BitModel, 8> m_flags{};
};

}  // namespace volpress::compressors::streamrf
