#include "scene/base/morton.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>

namespace volpress {
namespace {

std::uint64_t spread(std::uint64_t v) noexcept {
  v &= 0x1FFFFF;
  v = (v | v << 32) & 0x1F00000000FFFF;
  v = (v | v << 16) & 0x1F0000FF0000FF;
  v = (v | v << 8) & 0x100F00F00F00F00F;
  v = (v | v << 4) & 0x10C30C30C30C30C3;
  v = (v | v << 2) & 0x1249249249249249;
  return v;
}

std::uint32_t gather(std::uint64_t v) noexcept {
  v &= 0x1249249249249249;
  v = (v | v >> 2) & 0x10C30C30C30C30C3;
  v = (v | v >> 4) & 0x100F00F00F00F00F;
  v = (v | v >> 8) & 0x1F0000FF0000FF;
  v = (v | v >> 16) & 0x1F00000000FFFF;
  v = (v | v >> 32) & 0x1FFFFF;
  return static_cast<std::uint32_t>(v);
}

}  // namespace

std::uint64_t mortonCode(std::uint32_t x, std::uint32_t y, std::uint32_t z) noexcept {
  return spread(x) | spread(y) << 1 | spread(z) << 2;
}

MortonPoint mortonPoint(std::uint64_t code) noexcept {
  return {gather(code), gather(code >> 1), gather(code >> 2)};
}

std::vector<std::uint32_t> mortonOrder(std::span<const float> positions, TaskRunner& runner) {
  const std::size_t count = positions.size() / 3;
  std::array<float, 3> low{};
  std::array<float, 3> high{};
  for (std::size_t c = 0; c < 3 && count != 0; ++c) {
    low[c] = high[c] = positions[c];
  }
  for (std::size_t i = 0; i < positions.size(); ++i) {
    low[i % 3] = std::min(low[i % 3], positions[i]);
    high[i % 3] = std::max(high[i % 3], positions[i]);
  }
  constexpr double kTop = (1 << 21) - 1;
  std::array<double, 3> scale{};
  for (std::size_t c = 0; c < 3; ++c) {
    const double extent = static_cast<double>(high[c]) - static_cast<double>(low[c]);
    scale[c] = extent > 0 ? kTop / extent : 0;
  }
  std::vector<std::uint64_t> keys(count);
  runner.parallelFor(count, 1 << 16, [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      std::array<std::uint32_t, 3> cell{};
      for (std::size_t c = 0; c < 3; ++c) {
        const double offset =
            static_cast<double>(positions[3 * i + c]) - static_cast<double>(low[c]);
        cell[c] = static_cast<std::uint32_t>(std::clamp(offset * scale[c], 0.0, kTop));
      }
      keys[i] = mortonCode(cell[0], cell[1], cell[2]);
    }
  });
  return sortedOrder(keys);
}

std::vector<std::uint32_t> sortedOrder(std::span<const std::uint64_t> keys) {
  std::vector<std::uint32_t> order(keys.size());
  std::iota(order.begin(), order.end(), std::uint32_t{0});
  std::vector<std::uint32_t> scratch(keys.size());
  constexpr unsigned kDigitBits = 11;
  constexpr std::size_t kBuckets = std::size_t{1} << kDigitBits;
  for (unsigned shift = 0; shift < 64; shift += kDigitBits) {
    std::vector<std::size_t> offsets(kBuckets + 1, 0);
    for (const std::uint64_t key : keys) {
      ++offsets[(key >> shift & (kBuckets - 1)) + 1];
    }
    if (std::find(offsets.begin(), offsets.end(), keys.size()) != offsets.end()) {
      continue;  // all keys share this digit
    }
    std::partial_sum(offsets.begin(), offsets.end(), offsets.begin());
    for (const std::uint32_t index : order) {
      scratch[offsets[keys[index] >> shift & (kBuckets - 1)]++] = index;
    }
    order.swap(scratch);
  }
  return order;
}

}  // namespace volpress
