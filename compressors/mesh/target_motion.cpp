#include "compressors/mesh/target_motion.hpp"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <limits>
#include <utility>

namespace volpress::compressors::meshes {
namespace {

std::uint64_t bitsOf(std::int32_t from, std::int32_t to) {
  return static_cast<std::uint64_t>(
      std::bit_width(static_cast<std::uint32_t>(std::abs(to - from))));
}

}  // namespace

std::int32_t expectedLevel(std::uint32_t order, std::int32_t last,
                           std::int32_t beforeLast) noexcept {
  const std::int32_t expected = order == 0 ? 0 : order == 1 ? last : 2 * last - beforeLast;
  return std::clamp(expected, -(kMostLevel - 1), kMostLevel - 1);
}

std::uint32_t TargetWriter::take(std::vector<std::int32_t>& numbers, bool hasSeams) {
  const auto expected = [&](std::uint32_t order, std::size_t i) {
    return expectedLevel(order, order > 0 ? m_before[0][i] : 0, order > 1 ? m_before[1][i] : 0);
  };
  std::uint32_t best = 0;
  std::uint64_t leastBits = std::numeric_limits<std::uint64_t>::max();
  for (std::uint32_t order = 0; order <= kMostOrder && !hasSeams; ++order) {
    if (order != 0 && m_before[order - 1].empty()) {
      break;
    }
    std::uint64_t bits = 0;  // as if each were told from the vertex before
    bool fits = true;
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      const std::int32_t left = numbers[i] - expected(order, i);
      fits = fits && std::abs(left) < kMostLevel;
      bits += i < 3 ? 0 : bitsOf(numbers[i - 3] - expected(order, i - 3), left);
    }
    if (fits && bits < leastBits) {
      leastBits = bits;
      best = order;
    }
  }
  std::vector<std::int32_t> whole = numbers;
  for (std::size_t i = 0; best != 0 && i < numbers.size(); ++i) {
    numbers[i] -= expected(best, i);
  }
  m_before[1] = std::move(m_before[0]);
  m_before[0] = std::move(whole);
  if (hasSeams) {
    m_before = {};
  }
  return best;
}

Result<void> TargetReader::complete(std::uint32_t order, AttributeValues& target) {
  if (order > kMostOrder) {
    return fail(ErrorCode::CorruptData, "a morph target rests on {} others, allowed are {}", order,
                kMostOrder);
  }
  for (std::uint32_t k = 0; k < order; ++k) {
    if (m_before[k] == nullptr || m_before[k]->wedges.begin != target.wedges.begin ||
        m_before[k]->wedges.corners != target.wedges.corners) {
      return fail(ErrorCode::CorruptData, "a morph target rests on others that do not match it");
    }
  }
  for (std::size_t i = 0; order != 0 && i < target.values.size(); ++i) {
    std::int32_t& value = target.values[i];
    value += expectedLevel(order, m_before[0]->values[i], order > 1 ? m_before[1]->values[i] : 0);
    if (std::abs(value) >= kMostLevel) {
      return fail(ErrorCode::CorruptData, "a morph target is {}, allowed are {} to {}", value,
                  1 - kMostLevel, kMostLevel - 1);
    }
  }
  m_before[1] = m_before[0];
  m_before[0] = &target;
  return {};
}

}  // namespace volpress::compressors::meshes
