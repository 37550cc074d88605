// The residuals of one frame: whole numbers of several channels, coded so that no other frame is
// needed to read them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/rans.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::compressors::hifi4g {

/// What a block holds, which decides which channels share tables.
enum class BlockKind : std::uint8_t {
  Motion,  ///< 3 of positions, then 3 or 4 of rotations
  Base,    ///< opacity, three log scales, three colours
  Order,   ///< the 9, 15, 21 or 27 numbers of one SH order, RGB inner
};

/// Channels of a block of SH order `order`; order 0 is the base.
[[nodiscard]] constexpr std::size_t blockChannels(unsigned order) noexcept {
  return order == 0 ? 7 : 3 * (2 * std::size_t{order} + 1);
}

/// `bins` is [channel][row]. Empty when all of them are zero. A number's table is chosen by its
/// channel and by how large (0, 1, more) the same Gaussian's number in the channel before is.
[[nodiscard]] Bytes encodeBlock(std::span<const std::int32_t> bins, std::size_t rows,
                                BlockKind kind);

/// Fills `bins`, [channel][row], from untrusted bytes.
[[nodiscard]] Result<void> decodeBlock(ByteView bytes, std::size_t rows, BlockKind kind,
                                       std::span<std::int32_t> bins);

/// A part of a segment: u32 length, u32 CRC-32C, bytes.
void writeChecked(ByteWriter& out, ByteView part);
/// The length and sum of a part; the sum is checked by `checkedBytes`.
struct CheckedPart {
  ByteView bytes;
  std::uint32_t sum = 0;
};
[[nodiscard]] Result<CheckedPart> readChecked(ByteReader& reader, const char* field);
/// CorruptData when the sum does not fit.
[[nodiscard]] Result<ByteView> checkedBytes(const CheckedPart& part, const char* field);

}  // namespace volpress::compressors::hifi4g
