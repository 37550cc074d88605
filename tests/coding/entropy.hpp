// What an ideal coder of single values needs, to hold ours against.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <span>

namespace volpress::testing {

/// Empirical order-0 entropy in bytes.
inline double entropyBytes(std::span<const std::int32_t> values) {
  std::map<std::int32_t, double> counts;
  for (const std::int32_t value : values) {
    counts[value] += 1;
  }
  double bits = 0;
  for (const auto& [value, count] : counts) {
    bits -= count * std::log2(count / static_cast<double>(values.size()));
  }
  return bits / 8;
}

}  // namespace volpress::testing
