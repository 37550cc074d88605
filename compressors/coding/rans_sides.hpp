// Adaptive rANS: what is coded with probabilities that are learnt on the way. The decoder neither
// divides nor looks bytes up bit by bit; the writer keeps what it is told and codes it backwards
// (Duda 2009).
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <vector>

#include "scene/base/bytes.hpp"

namespace volpress::coding {

/// Probabilities are shares of so many bits.
inline constexpr unsigned kRansBits = 16;
/// States lie between this and its square times two; words are 32 bits, little-endian.
inline constexpr std::uint64_t kRansLeastState = std::uint64_t{1} << 31;

/// The faces of BitWriteSide and BitReadSide (value_coder.hpp) for rANS streams: `bit`, `plain` and
/// `interval` take what is to be written and return it, or ignore it and return what was read.
class RansWriteSide {
public:
  static constexpr bool kWrites = true;

  /// `zero`: the probability of 0 in 1/65536, within 1..65535.
  bool bit(std::uint32_t zero, bool wanted) {
    put(wanted ? zero : 0, wanted ? 65536 - zero : zero);
    return wanted;
  }
  /// `count` (0..16) bits without a model.
  std::uint32_t plain(std::uint32_t wanted, unsigned count) {
    const std::uint32_t size = std::uint32_t{1} << (kRansBits - count);
    put(wanted * size, size);
    return wanted;
  }
  /// An event whose share of 65536 equal parts is [low, low + size), 0 < size.
  void put(std::uint32_t low, std::uint32_t size) {
    m_events.push_back({static_cast<std::uint16_t>(low), static_cast<std::uint16_t>(size - 1)});
  }
  [[nodiscard]] bool overran() const noexcept { return false; }

  /// Ends the stream: the state (8 bytes) and the words in the order of reading.
  [[nodiscard]] Bytes finish() const;

private:
  struct Event {
    std::uint16_t low, sizeLessOne;
  };
  std::vector<Event> m_events;
};

/// Reads what RansWriteSide wrote. Safe on any bytes: damaged ones give wrong events, never a read
/// outside the view; past the end it reads zeros.
class RansReadSide {
public:
  static constexpr bool kWrites = false;
  explicit RansReadSide(ByteView stream) noexcept
      : m_next(stream.data()), m_end(stream.data() + stream.size()) {
    const std::uint64_t low = nextWord();
    m_state = low | std::uint64_t{nextWord()} << 32;
  }

  bool bit(std::uint32_t zero, bool /*wanted*/) noexcept {
    const std::uint32_t at = part();
    const bool one = at >= zero;
    take(at, one ? zero : 0, one ? 65536 - zero : zero);
    return one;
  }
  std::uint32_t plain(std::uint32_t /*wanted*/, unsigned count) noexcept {
    const unsigned rest = kRansBits - count;
    const std::uint32_t at = part();
    const std::uint32_t value = at >> rest;
    take(at, value << rest, std::uint32_t{1} << rest);
    return value;
  }
  /// Which of 65536 parts comes next: the caller finds the event whose share holds it, and hands
  /// that to `take`.
  [[nodiscard]] std::uint32_t part() const noexcept {
    return static_cast<std::uint32_t>(m_state & 0xFFFF);
  }
  void take(std::uint32_t at, std::uint32_t low, std::uint32_t size) noexcept {
    m_state = size * (m_state >> kRansBits) + (at - low);
    if (m_state < kRansLeastState) {
      m_state = m_state << 32 | nextWord();
    }
  }

  /// Whether more bytes were asked for than there are: the stream is damaged, and long loops should
  /// stop.
  [[nodiscard]] bool overran() const noexcept { return m_overran; }
  /// Whether the events read so far used up exactly the whole stream.
  [[nodiscard]] bool atEnd() const noexcept {
    return m_next == m_end && !m_overran && m_state == kRansLeastState;
  }

private:
  std::uint32_t nextWord() noexcept {
    std::uint32_t word = 0;
    if (m_end - m_next < static_cast<std::ptrdiff_t>(sizeof(word))) {
      m_overran = true;
      return 0;
    }
    for (unsigned i = 0; i < sizeof(word); ++i) {
      word |= static_cast<std::uint32_t>(m_next[i]) << (8 * i);
    }
    m_next += sizeof(word);
    return word;
  }

  const std::byte* m_next;
  const std::byte* m_end;
  std::uint64_t m_state = 0;
  bool m_overran = false;
};

}  // namespace volpress::coding
