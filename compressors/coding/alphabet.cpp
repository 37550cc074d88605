#include "compressors/coding/alphabet.hpp"

#include <algorithm>
#include <bit>

namespace volpress::coding {
namespace {

/// Magnitudes below this are tokens of their own in a wide map; above it a token names the exponent
/// and the next kMantissaBits bits.
constexpr std::uint32_t kSmall = 256;
constexpr unsigned kSmallBits = 8;
constexpr unsigned kMantissaBits = 3;
constexpr std::uint32_t kWideTokens = kSmall + ((32 - kSmallBits) << kMantissaBits);

std::uint32_t zigzag(std::int32_t value) noexcept {
  return static_cast<std::uint32_t>(value) << 1 ^ static_cast<std::uint32_t>(value >> 31);
}

std::int32_t unzigzag(std::uint32_t value) noexcept {
  return static_cast<std::int32_t>(value >> 1 ^ (0U - (value & 1U)));
}

/// Differences wrap, so that the whole range of int32 is covered.
std::int32_t wrappingSubtract(std::int32_t a, std::int32_t b) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) - static_cast<std::uint32_t>(b));
}

std::int32_t wrappingAdd(std::int32_t a, std::int32_t b) noexcept {
  return static_cast<std::int32_t>(static_cast<std::uint32_t>(a) + static_cast<std::uint32_t>(b));
}

constexpr unsigned kLevelBits = 7;
constexpr std::uint8_t kMaxLevel = 65;

/// 1 + 2 log2(count), rounded; 0 for a count of 0.
std::uint8_t levelOf(std::uint32_t count) noexcept {
  if (count == 0) {
    return 0;
  }
  const auto exponent = static_cast<unsigned>(std::bit_width(count)) - 1;
  // count^4 / 2^(4 exponent) in 16 fractional bits decides between the half powers: the borders
  // are at 2^(1/4) and 2^(3/4), whose fourth powers are 2 and 8.
  const std::uint64_t mantissa = (static_cast<std::uint64_t>(count) << 16) >> exponent;
  const std::uint64_t square = (mantissa * mantissa) >> 16;
  const std::uint64_t fourth = (square * square) >> 16;
  unsigned half = 0;
  if (fourth >= (std::uint64_t{8} << 16)) {
    half = 2;
  } else if (fourth >= (std::uint64_t{2} << 16)) {
    half = 1;
  }
  return static_cast<std::uint8_t>(1 + 2 * exponent + half);
}

std::uint64_t weightOf(std::uint8_t level) noexcept {
  if (level == 0) {
    return 0;
  }
  constexpr std::uint64_t kUnit = 128;  // so that the half power of a count of 1 is told from it
  constexpr std::uint64_t kUnitRoot2 = 181;
  const unsigned steps = level - 1U;
  return (steps % 2 == 0 ? kUnit : kUnitRoot2) << (steps / 2);
}

/// Codes the levels one after the other, each in the context of the one before.
class LevelModels {
public:
  [[nodiscard]] BitModel& at(std::uint8_t previous, std::uint32_t node) {
    const std::size_t context = (std::min<std::size_t>(previous, kMaxLevel) + 3) / 4;
    return m_models[context << kLevelBits | node];
  }

private:
  std::vector<BitModel> m_models{std::vector<BitModel>(std::size_t{18} << kLevelBits)};
};

}  // namespace

TokenMap::TokenMap(std::span<const std::int32_t> values) {
  if (values.empty()) {
    return;
  }
  const auto [low, high] = std::minmax_element(values.begin(), values.end());
  const std::int64_t extent = static_cast<std::int64_t>(*high) - *low;
  if (extent < kMaxDirect) {
    m_base = *low;
    m_tokens = static_cast<std::uint32_t>(extent) + 1;
    return;
  }
  m_direct = false;
  std::vector<std::int32_t> sorted(values.begin(), values.end());
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  m_base = *middle;
  m_tokens = kWideTokens;
}

TokenMap::TokenMap(RangeDecoder& decoder) {
  m_direct = decoder.decodeBits(1) == 0;
  const std::uint32_t high = decoder.decodeBits(16);
  m_base = static_cast<std::int32_t>(high << 16 | decoder.decodeBits(16));
  m_tokens = m_direct ? decoder.decodeBits(12) + 1 : kWideTokens;
}

void TokenMap::write(RangeEncoder& encoder) const {
  encoder.encodeBits(m_direct ? 0 : 1, 1);
  encoder.encodeBits(static_cast<std::uint32_t>(m_base) >> 16, 16);
  encoder.encodeBits(static_cast<std::uint32_t>(m_base) & 0xFFFF, 16);
  if (m_direct) {
    encoder.encodeBits(m_tokens - 1, 12);
  }
}

TokenMap::Token TokenMap::split(std::int32_t value) const noexcept {
  if (m_direct) {
    return {static_cast<std::uint32_t>(wrappingSubtract(value, m_base)), 0, 0};
  }
  const std::uint32_t magnitude = zigzag(wrappingSubtract(value, m_base));
  if (magnitude < kSmall) {
    return {magnitude, 0, 0};
  }
  const unsigned exponent = static_cast<unsigned>(std::bit_width(magnitude)) - 1;
  const unsigned below = exponent - kMantissaBits;
  const std::uint32_t mantissa = (magnitude >> below) & ((1U << kMantissaBits) - 1);
  return {kSmall + ((exponent - kSmallBits) << kMantissaBits) + mantissa,
          magnitude & ((1U << below) - 1), below};
}

unsigned TokenMap::extraBits(std::uint32_t token) const noexcept {
  return m_direct || token < kSmall
             ? 0
             : ((token - kSmall) >> kMantissaBits) + kSmallBits - kMantissaBits;
}

std::int32_t TokenMap::join(std::uint32_t token, std::uint32_t extra) const noexcept {
  if (m_direct) {
    return wrappingAdd(m_base, static_cast<std::int32_t>(token));
  }
  std::uint32_t magnitude = token;
  if (token >= kSmall) {
    const unsigned below = extraBits(token);
    const std::uint32_t top =
        1U << kMantissaBits | ((token - kSmall) & ((1U << kMantissaBits) - 1));
    magnitude = top << below | extra;
  }
  return wrappingAdd(m_base, unzigzag(magnitude));
}

TokenTree::TokenTree(std::span<const std::uint32_t> counts) : m_levels(counts.size()) {
  std::transform(counts.begin(), counts.end(), m_levels.begin(), levelOf);
  build();
}

TokenTree::TokenTree(RangeDecoder& decoder, std::uint32_t tokens) : m_levels(tokens) {
  LevelModels models;
  std::uint8_t previous = 0;
  for (std::uint8_t& level : m_levels) {
    std::uint32_t node = 1;
    while (node >> kLevelBits == 0) {
      node = node << 1 | (decoder.decode(models.at(previous, node)) ? 1U : 0U);
    }
    level =
        static_cast<std::uint8_t>(std::min<std::uint32_t>(node - (1U << kLevelBits), kMaxLevel));
    previous = level;
  }
  build();
}

void TokenTree::write(RangeEncoder& encoder) const {
  LevelModels models;
  std::uint8_t previous = 0;
  for (const std::uint8_t level : m_levels) {
    std::uint32_t node = 1;
    for (unsigned shift = kLevelBits; shift-- != 0;) {
      const bool bit = (level >> shift & 1U) != 0;
      encoder.encode(models.at(previous, node), bit);
      node = node << 1 | (bit ? 1U : 0U);
    }
    previous = level;
  }
}

void TokenTree::build() {
  std::vector<std::uint32_t> present;
  std::vector<std::uint64_t> sums{0};
  for (std::uint32_t token = 0; token < m_levels.size(); ++token) {
    if (m_levels[token] != 0) {
      present.push_back(token);
      sums.push_back(sums.back() + weightOf(m_levels[token]));
    }
  }
  if (present.size() < 2) {
    m_root = ~static_cast<std::int32_t>(present.empty() ? 0 : present[0]);
    return;
  }
  // Each task splits present[low, high) where the halves' weights are most alike, and hangs the
  // node under its parent. Parents come before children, so indices only grow.
  struct Task {
    std::size_t low, high, parent, side;
  };
  constexpr std::size_t kNoParent = ~std::size_t{0};
  std::vector<Task> tasks{{0, present.size(), kNoParent, 0}};
  m_nodes.reserve(present.size() - 1);
  while (!tasks.empty()) {
    const Task task = tasks.back();
    tasks.pop_back();
    std::int32_t self = 0;
    if (task.high - task.low == 1) {
      self = ~static_cast<std::int32_t>(present[task.low]);
    } else {
      const std::uint64_t target = sums[task.low] + (sums[task.high] - sums[task.low]) / 2;
      const auto first = sums.begin() + static_cast<std::ptrdiff_t>(task.low) + 1;
      const auto last = sums.begin() + static_cast<std::ptrdiff_t>(task.high) - 1;
      auto middle = std::lower_bound(first, last, target);
      if (middle != first && *middle >= target && target - *(middle - 1) < *middle - target) {
        --middle;
      }
      const auto split = static_cast<std::size_t>(middle - sums.begin());
      const std::uint64_t whole = sums[task.high] - sums[task.low];
      const std::uint64_t left = sums[split] - sums[task.low];
      const std::uint64_t zero = std::clamp<std::uint64_t>((left << 12) / (whole >> 4), 1, 65535);
      self = static_cast<std::int32_t>(m_nodes.size());
      m_nodes.push_back({present[split], {0, 0}, static_cast<std::uint16_t>(zero)});
      tasks.push_back({split, task.high, static_cast<std::size_t>(self), 1});
      tasks.push_back({task.low, split, static_cast<std::size_t>(self), 0});
    }
    if (task.parent == kNoParent) {
      m_root = self;
    } else {
      m_nodes[task.parent].child[task.side] = self;
    }
  }
}

std::vector<std::uint8_t> TokenTree::quantiles(unsigned classes) const {
  std::uint64_t whole = 0;
  for (const std::uint8_t level : m_levels) {
    whole += weightOf(level);
  }
  std::vector<std::uint8_t> result(m_levels.size(), 0);
  std::uint64_t below = 0;
  for (std::size_t token = 0; token < m_levels.size() && whole != 0; ++token) {
    const std::uint64_t weight = weightOf(m_levels[token]);
    const std::uint64_t centre = below + weight / 2;
    // whole < 2^12 * 2^41, so the product stays in 64 bits.
    result[token] =
        static_cast<std::uint8_t>(std::min<std::uint64_t>(centre * classes / whole, classes - 1));
    below += weight;
  }
  return result;
}

}  // namespace volpress::coding
