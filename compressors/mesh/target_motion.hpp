// Morph targets that follow each other as the frames of a motion do: each is expected where the two
// before it lead to, and the difference is coded.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/mesh/attributes.hpp"

namespace volpress::compressors::meshes {

/// How many targets before it a target is expected from.
inline constexpr std::uint32_t kMostOrder = 2;

/// Still, or moving on as before; within the attribute's limits.
[[nodiscard]] std::int32_t expectedLevel(std::uint32_t order, std::int32_t last,
                                         std::int32_t beforeLast) noexcept;

/// The numbers of a part's targets as they are written, of one set.
class TargetWriter {
public:
  /// Chooses the order that makes `numbers` (3 a vertex) small, and takes what is expected off
  /// them. `hasSeams`: vertices of one place differ, which only order 0 allows.
  [[nodiscard]] std::uint32_t take(std::vector<std::int32_t>& numbers, bool hasSeams);

private:
  std::array<std::vector<std::int32_t>, kMostOrder> m_before;  ///< the last one first
};

/// The targets of one set as they are read.
class TargetReader {
public:
  /// Adds what is expected to `target`, and keeps where it lies: it must stay there. CorruptData
  /// for an order that the targets so far, or their seams, do not allow.
  [[nodiscard]] Result<void> complete(std::uint32_t order, AttributeValues& target);

private:
  std::array<const AttributeValues*, kMostOrder> m_before{};
};

}  // namespace volpress::compressors::meshes
