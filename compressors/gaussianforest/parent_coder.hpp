// Who is whose parent, as small numbers: children near each other mostly share one.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/symbol_coder.hpp"
#include "scene/base/result.hpp"

namespace volpress::compressors::gaussianforest {

/// One symbol a child, in order: 0 for a parent not seen before, whose index is the next one; r for
/// the r-th of the kRecent parents used last, the one of the child's neighbour first;
/// kRecent + 1 + d for the parent d before the newest. `neighbours` names an earlier child for each
/// (ignored for the first), or is empty: then the one before. Parents are numbered by their first
/// child.
[[nodiscard]] coding::SymbolArray parentSymbols(std::span<const std::uint32_t> parents,
                                                std::span<const std::uint32_t> neighbours);

struct Parents {
  std::vector<std::uint32_t> ofChild;
  std::uint32_t count = 0;
};
/// CorruptData for symbols that name no parent.
[[nodiscard]] Result<Parents> parentsFrom(std::span<const std::int32_t> symbols,
                                          std::span<const std::uint32_t> neighbours);

inline constexpr std::size_t kRecent = 64;

}  // namespace volpress::compressors::gaussianforest
