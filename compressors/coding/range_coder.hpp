// Adaptive binary range coder: integer only, so that every machine writes and reads the same bits.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "scene/base/bytes.hpp"

namespace volpress::coding {

/// The probability of a binary event, learnt from what was coded with it. Two estimates of
/// different speed are averaged; both start with large steps (1/2, 1/3, ...) so that short streams
/// learn fast.
class BitModel {
public:
  /// The probability that the bit is 0, in 1/65536, within [kMin, 65536 - kMin].
  [[nodiscard]] std::uint32_t zeroProbability() const noexcept {
    const std::uint32_t mean = (static_cast<std::uint32_t>(m_fast) + m_slow) >> 1;
    return std::clamp(mean, kMin, 65536 - kMin);
  }

  void update(bool bit) noexcept {
    const Rate& rate = kRates[m_count];
    const std::int32_t target = bit ? 0 : 65535;
    m_fast = static_cast<std::uint16_t>(m_fast + ((target - m_fast) >> rate.fast));
    m_slow = static_cast<std::uint16_t>(m_slow + ((target - m_slow) >> rate.slow));
    m_count = static_cast<std::uint16_t>(m_count + (m_count + 1U < kRates.size() ? 1U : 0U));
  }

  /// Starts from what is known of the event: `probability` (of 0, in 1/65536) counts as much as
  /// `confidence` coded bits.
  void prime(std::uint32_t probability, unsigned confidence) noexcept {
    const std::uint32_t bounded = std::clamp(probability, kMin, 65536 - kMin);
    m_fast = m_slow = static_cast<std::uint16_t>(std::min<std::uint32_t>(bounded, 65535));
    m_count = static_cast<std::uint16_t>(std::min<std::size_t>(confidence, kRates.size() - 1));
  }

private:
  struct Rate {
    std::uint8_t fast, slow;
  };
  static constexpr std::uint32_t kMin = 24;
  static constexpr unsigned kFastShift = 5;
  static constexpr unsigned kSlowShift = 8;
  /// Step sizes follow 1/(n+1.5) for the n-th bit until the final shift, rounded to powers of two.
  static constexpr std::array<Rate, 182> kRates = [] {
    std::array<Rate, 182> rates{};
    for (unsigned n = 0; n < rates.size(); ++n) {
      unsigned shift = 1;
      while ((3U << shift) < 2 * (2 * n + 3) - 1 && shift < kSlowShift) {
        ++shift;  // 2^shift is the power of two nearest to n + 1.5, from below at a tie
      }
      rates[n] = {static_cast<std::uint8_t>(std::min(shift, kFastShift)),
                  static_cast<std::uint8_t>(shift)};
    }
    return rates;
  }();

  std::uint16_t m_fast = 32768;
  std::uint16_t m_slow = 32768;
  std::uint16_t m_count = 0;
};

/// Writes bits with their models. The decoder reads exactly the bytes that `finish` returns.
class RangeEncoder {
public:
  void encode(BitModel& model, bool bit) {
    encode(model.zeroProbability(), bit);
    model.update(bit);
  }

  /// With a probability of 0 from elsewhere, in 1/65536, within 1..65535.
  void encode(std::uint32_t zeroProbability, bool bit) {
    const std::uint32_t bound = split(m_range, zeroProbability);
    if (bit) {
      m_low += bound;
      m_range -= bound;
    } else {
      m_range = bound;
    }
    normalise();
  }

  /// One of many symbols, whose share of 65536 equal parts is [low, high), low < high <= 65536.
  void encodeInterval(std::uint32_t low, std::uint32_t high) {
    const std::uint32_t below = split(m_range, low);
    m_low += below;
    m_range = split(m_range, high) - below;
    normalise();
  }

  /// The low `count` (0..16) bits of `value`, each as likely 0 as 1.
  void encodeBits(std::uint32_t value, unsigned count) {
    m_range >>= count;
    m_low += static_cast<std::uint64_t>(value & ((1U << count) - 1)) * m_range;
    normalise();
  }

  /// Ends the stream.
  [[nodiscard]] Bytes finish() {
    for (int i = 0; i < 5; ++i) {
      shiftLow();
    }
    return std::move(m_bytes);
  }

  [[nodiscard]] std::size_t size() const noexcept { return m_bytes.size(); }

  [[nodiscard]] static std::uint32_t split(std::uint32_t range, std::uint32_t zero) noexcept {
    return static_cast<std::uint32_t>((static_cast<std::uint64_t>(range) * zero) >> 16);
  }

private:
  void normalise() {
    while (m_range < (1U << 24)) {
      m_range <<= 8;
      shiftLow();
    }
  }

  /// Moves the top byte of `low` out; bytes that a later carry may still change wait.
  void shiftLow() {
    if (m_low < 0xFF000000U || m_low > 0xFFFFFFFFU) {
      const auto carry = static_cast<std::uint8_t>(m_low >> 32);
      if (m_hasCache) {
        m_bytes.push_back(static_cast<std::byte>(m_cache + carry));
      }
      for (; m_pending != 0; --m_pending) {
        m_bytes.push_back(static_cast<std::byte>(0xFF + carry));
      }
      m_cache = static_cast<std::uint8_t>(m_low >> 24);
      m_hasCache = true;
    } else {
      ++m_pending;
    }
    m_low = (m_low & 0x00FFFFFFU) << 8;
  }

  std::uint64_t m_low = 0;
  std::uint32_t m_range = 0xFFFFFFFFU;
  std::uint64_t m_pending = 0;
  std::uint8_t m_cache = 0;
  bool m_hasCache = false;
  Bytes m_bytes;
};

/// Reads what RangeEncoder wrote. Safe on any bytes: damaged ones give wrong bits, never a read
/// outside the view; past the end it reads zeros.
class RangeDecoder {
public:
  explicit RangeDecoder(ByteView bytes) noexcept
      : m_next(bytes.data()), m_end(bytes.data() + bytes.size()) {
    for (int i = 0; i < 4; ++i) {
      m_code = m_code << 8 | nextByte();
    }
  }

  [[nodiscard]] bool decode(BitModel& model) noexcept {
    const bool bit = decode(model.zeroProbability());
    model.update(bit);
    return bit;
  }

  [[nodiscard]] bool decode(std::uint32_t zeroProbability) noexcept {
    // Without a branch: the bit is what no predictor can guess.
    const std::uint32_t bound = RangeEncoder::split(m_range, zeroProbability);
    const bool bit = m_code >= bound;
    const std::uint32_t ifOne = 0U - static_cast<std::uint32_t>(bit);
    m_code -= bound & ifOne;
    m_range = bound + ((m_range - 2 * bound) & ifOne);
    normalise();
    return bit;
  }

  /// Which of 65536 parts comes next: the caller finds the symbol whose interval holds it, and
  /// hands that to `decodeInterval`.
  [[nodiscard]] std::uint32_t nextPart() const noexcept {
    const std::uint64_t above = ((static_cast<std::uint64_t>(m_code) + 1) << 16) - 1;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(above / m_range, 65535));
  }
  void decodeInterval(std::uint32_t low, std::uint32_t high) noexcept {
    const std::uint32_t below = RangeEncoder::split(m_range, low);
    m_code -= below;
    m_range = RangeEncoder::split(m_range, high) - below;
    normalise();
  }

  /// `count` (0..16) equally likely bits.
  [[nodiscard]] std::uint32_t decodeBits(unsigned count) noexcept {
    m_range >>= count;
    const std::uint32_t value = std::min(m_code / m_range, (1U << count) - 1);
    m_code -= value * m_range;
    normalise();
    return value;
  }

  /// Whether more bytes were asked for than there are: the stream is damaged, and long loops should
  /// stop.
  [[nodiscard]] bool overran() const noexcept { return m_overran; }

  /// The bytes not read yet.
  [[nodiscard]] ByteView rest() const noexcept { return {m_next, m_end}; }

  /// Whether the bits decoded so far used up exactly the whole stream, as they do after the last
  /// bit of an undamaged one.
  [[nodiscard]] bool atEnd() const noexcept { return m_next == m_end && !m_overran; }

private:
  void normalise() noexcept {
    while (m_range < (1U << 24)) {
      m_range <<= 8;
      m_code = m_code << 8 | nextByte();
    }
  }

  std::uint32_t nextByte() noexcept {
    if (m_next == m_end) {
      m_overran = true;
      return 0;
    }
    return static_cast<std::uint32_t>(*m_next++);
  }

  const std::byte* m_next;
  const std::byte* m_end;
  std::uint32_t m_range = 0xFFFFFFFFU;
  std::uint32_t m_code = 0;
  bool m_overran = false;
};

}  // namespace volpress::coding
