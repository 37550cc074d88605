// The occupancy bits of a field, entropy-coded.
//
// A cascade is 16^3 blocks of 8^3 cells, both in raster order (x fastest). A block is empty, full
// or mixed; cells of mixed blocks are coded each in the context of nine cells before it. Cells that
// cover an occupied one of the finer cascade are known to be set and not coded.
#pragma once

#include <cstdint>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::fields {

/// `bits` as `HashGridField::occupancy`, of whole cascades.
[[nodiscard]] Bytes encodeOccupancy(const std::vector<std::uint8_t>& bits);
/// Untrusted bytes; `cascades` is 1..8. CorruptData unless the stream ends with the last cell.
[[nodiscard]] Result<std::vector<std::uint8_t>> decodeOccupancy(ByteView stream, unsigned cascades);

}  // namespace volpress::fields
