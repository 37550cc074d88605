#include "compressors/coding/frequency_table.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cmath>
#include <limits>

namespace volpress::coding {
namespace {

constexpr unsigned kWidthBits = 6;
constexpr unsigned kHalf = 16;

}  // namespace

FrequencyTable::FrequencyTable(std::int32_t first, std::span<const std::uint32_t> frequencies)
    : m_first(first), m_below(frequencies.size() + 2, 0) {
  assert(!frequencies.empty() && frequencies.size() <= kMostEntries);
  for (std::size_t i = 0; i < frequencies.size(); ++i) {
    m_below[i + 1] = m_below[i] + frequencies[i];
  }
  m_below.back() = kWhole;
  assert(m_below[frequencies.size()] < kWhole);
}

std::vector<std::uint32_t> FrequencyTable::frequenciesOf(std::span<const double> shares) {
  // Each entry and the escape have 1 for certain, and share what is left; sums are rounded, so that
  // no error adds up.
  const double free = static_cast<double>(kWhole - shares.size() - 1);
  std::vector<std::uint32_t> frequencies(shares.size());
  double sum = 0;
  std::uint32_t below = 0;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    sum += shares[i];
    const auto rounded =
        static_cast<std::uint32_t>(std::floor(free * std::clamp(sum, 0.0, 1.0) + 0.5));
    frequencies[i] = 1 + rounded - below;
    below = rounded;
  }
  return frequencies;
}

void FrequencyTable::encode(RangeEncoder& encoder, std::int32_t value) const {
  const std::int64_t entry = static_cast<std::int64_t>(value) - m_first;
  const auto count = static_cast<std::int64_t>(entries());
  if (entry >= 0 && entry < count) {
    const auto at = static_cast<std::size_t>(entry);
    encoder.encodeInterval(m_below[at], m_below[at + 1]);
    return;
  }
  encoder.encodeInterval(m_below[entries()], kWhole);
  // Distances above are even, below odd.
  const auto code =
      static_cast<std::uint64_t>(entry >= count ? 2 * (entry - count) : 2 * (-1 - entry) + 1);
  const auto width = static_cast<unsigned>(std::bit_width(code));
  encoder.encodeBits(width, kWidthBits);
  for (unsigned left = width; left > 0;) {
    const unsigned part = std::min(left, kHalf);
    left -= part;
    encoder.encodeBits(static_cast<std::uint32_t>(code >> left), part);
  }
}

std::int32_t FrequencyTable::decode(RangeDecoder& decoder) const noexcept {
  const std::uint32_t part = decoder.nextPart();
  const auto above = std::upper_bound(m_below.begin() + 1, m_below.end() - 1, part);
  const auto at = static_cast<std::size_t>(above - m_below.begin()) - 1;
  decoder.decodeInterval(m_below[at], m_below[at + 1]);
  if (at < entries()) {
    return static_cast<std::int32_t>(m_first + static_cast<std::int64_t>(at));
  }
  constexpr unsigned kMostWidth = 34;
  const unsigned width = std::min(decoder.decodeBits(kWidthBits), kMostWidth);
  std::uint64_t code = 0;
  for (unsigned left = width; left > 0;) {
    const unsigned bits = std::min(left, kHalf);
    left -= bits;
    code = code << bits | decoder.decodeBits(bits);
  }
  const auto distance = static_cast<std::int64_t>(code / 2);
  const std::int64_t value =
      m_first + (code % 2 == 0 ? static_cast<std::int64_t>(entries()) + distance : -1 - distance);
  return static_cast<std::int32_t>(std::clamp<std::int64_t>(
      value, std::numeric_limits<std::int32_t>::min(), std::numeric_limits<std::int32_t>::max()));
}

}  // namespace volpress::coding
