#include <array>

#include "compressors/coding/value_coder.hpp"
#include "compressors/fields/saliency_grid.hpp"
#include "scene/base/morton.hpp"

namespace volpress::fields {
namespace {

constexpr std::size_t kBorder = 2;
constexpr std::uint32_t kNear = 13;         // cells before one, among the 26 around it
constexpr std::uint32_t kMostWide = 34;     // of the cells before, within two steps
constexpr std::uint32_t kWideCascades = 8;  // each has models of its own for the wide count

/// A cascade in raster order, x fastest, with a border of two empty cells on every side.
class MaskRaster {
public:
  explicit MaskRaster(std::size_t side)
      : m_stride(side + 2 * kBorder), m_cells(m_stride * m_stride * m_stride, 0) {}

  [[nodiscard]] std::size_t at(std::size_t x, std::size_t y, std::size_t z) const noexcept {
    return x + kBorder + m_stride * (y + kBorder + m_stride * (z + kBorder));
  }
  void set(std::size_t index) { m_cells[index] = 1; }

  /// The cells before one that touch it, as bits.
  [[nodiscard]] std::uint32_t near(std::size_t index) const {
    std::uint32_t pattern = 0;
    const auto add = [&](std::size_t cell) { pattern = pattern << 1 | m_cells[cell]; };
    const std::size_t plane = index - m_stride * m_stride;
    for (const std::size_t row : {plane - m_stride, plane, plane + m_stride, index - m_stride}) {
      for (std::size_t x = row - 1; x <= row + 1; ++x) {
        add(x);
      }
    }
    add(index - 1);
    return pattern;
  }
  /// Nine cells before one, along the axes and the diagonals of two of them.
  [[nodiscard]] std::uint32_t along(std::size_t index) const {
    const std::size_t y = m_stride;
    const std::size_t z = m_stride * m_stride;
    const std::array<std::size_t, 9> before{1, y, z, 1 + y, 1 + z, y + z, 2, 2 * y, 2 * z};
    std::uint32_t pattern = 0;
    for (const std::size_t step : before) {
      pattern = pattern << 1 | m_cells[index - step];
    }
    return pattern;
  }
  /// How many of the cells before one, within two steps, are set; a part of them.
  [[nodiscard]] std::uint32_t wide(std::size_t index) const {
    std::uint32_t sum = 0;
    const std::size_t z = m_stride * m_stride;
    const auto add = [&](std::size_t cell) { sum += m_cells[cell]; };
    for (const std::size_t row :
         {index - z - 2 * m_stride, index - z - m_stride, index - z, index - z + m_stride,
          index - z + 2 * m_stride, index - m_stride}) {
      for (std::size_t x = row - 2; x <= row + 2; ++x) {
        add(x);
      }
    }
    for (const std::size_t cell : {index - 1, index - 2, index - 2 * m_stride, index - 2 * z}) {
      add(cell);
    }
    return sum;
  }

private:
  std::size_t m_stride;
  std::vector<std::uint8_t> m_cells;
};

/// One direction of the format: `Side` writes or reads. False when the stream ends early.
template <typename Side>
bool codeCells(Side& side, SaliencyMask& mask) {
  coding::MixedBits<3> bits(1, {1U << kNear, 1U << 9, kWideCascades * (kMostWide + 1)});
  const std::size_t edge = std::size_t{1} << mask.bits;
  for (std::uint32_t cascade = 0; cascade < mask.cascades; ++cascade) {
    MaskRaster raster(edge);
    for (std::size_t z = 0; z < edge; ++z) {
      for (std::size_t y = 0; y < edge; ++y) {
        for (std::size_t x = 0; x < edge; ++x) {
          const std::size_t cell = cascade * mask.cascadeCells() +
                                   static_cast<std::size_t>(mortonCode(
                                       static_cast<std::uint32_t>(x), static_cast<std::uint32_t>(y),
                                       static_cast<std::uint32_t>(z)));
          if (mask.isCovered(cell)) {
            continue;
          }
          const std::size_t at = raster.at(x, y, z);
          const bool isSet = bits.code(
              side, 0,
              {raster.near(at), raster.along(at), cascade * (kMostWide + 1) + raster.wide(at)},
              mask.cells[cell] != 0);
          mask.cells[cell] = isSet ? 1 : 0;
          if (isSet) {
            raster.set(at);
          }
        }
      }
      if (side.overran()) {
        return false;
      }
    }
  }
  return true;
}

}  // namespace

Bytes encodeMask(const SaliencyMask& mask) {
  coding::BitWriteSide side;
  SaliencyMask copy = mask;
  (void)side.plain(mask.bits, 8);
  (void)codeCells(side, copy);
  return side.finish();
}

Result<SaliencyMask> decodeMask(ByteView stream, unsigned cascades) {
  coding::BitReadSide side(stream);
  SaliencyMask mask;
  mask.cascades = cascades;
  mask.bits = side.plain(0, 8);
  if (mask.bits < kLeastMaskBits || mask.bits > kMostMaskBits) {
    return fail(ErrorCode::CorruptData,
                "a mask of 2^{} cells along an edge; allowed are 2^{} to 2^{}", mask.bits,
                kLeastMaskBits, kMostMaskBits);
  }
  mask.cells.assign(cascades * mask.cascadeCells(), 0);
  if (!codeCells(side, mask) || !side.atEnd()) {
    return fail(ErrorCode::CorruptData, "the mask's {} bytes do not end with its last cell",
                stream.size());
  }
  return mask;
}

}  // namespace volpress::fields
