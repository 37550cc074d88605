// Fixed frequencies of successive integers, for symbols whose probabilities a model knows.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/range_coder.hpp"

namespace volpress::coding {

/// Immutable. Integers outside the table cost an escape and about two bits a binary digit.
class FrequencyTable {
public:
  static constexpr std::uint32_t kWhole = 65536;
  static constexpr std::size_t kMostEntries = 32768;

  /// `frequencies` (1..kMostEntries of them, each at least 1) of the integers from `first` on,
  /// which together leave at least 1 of kWhole to the escape.
  FrequencyTable(std::int32_t first, std::span<const std::uint32_t> frequencies);

  /// Frequencies near these shares of 1 (not negative, their sum at most 1), none of them 0.
  [[nodiscard]] static std::vector<std::uint32_t> frequenciesOf(std::span<const double> shares);

  [[nodiscard]] std::int32_t first() const noexcept { return m_first; }
  [[nodiscard]] std::size_t entries() const noexcept { return m_below.size() - 2; }
  [[nodiscard]] std::uint32_t frequency(std::size_t entry) const noexcept {
    return m_below[entry + 1] - m_below[entry];
  }

  void encode(RangeEncoder& encoder, std::int32_t value) const;
  /// Of any bytes; what is beyond 32 bits comes back as the nearest limit.
  [[nodiscard]] std::int32_t decode(RangeDecoder& decoder) const noexcept;

private:
  std::int32_t m_first;
  std::vector<std::uint32_t> m_below;  ///< of each entry, the escape, and kWhole
};

}  // namespace volpress::coding
