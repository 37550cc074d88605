// Static rANS: fast to decode, for streams of many small integers.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "compressors/coding/quantise.hpp"
#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::coding {

/// At most so many tables in one stream.
inline constexpr std::size_t kMaxRansContexts = 16;

/// Codes int32 values, each by the table of its context (below `contextCount`). Four interleaved
/// 32-bit states, 16-bit words, 12-bit probabilities (Duda 2009; layout in compressors/stream/
/// FORMAT.md). Values of small magnitude are symbols; larger ones a symbol for their size class and
/// raw bits. `contexts` has an entry a value.
[[nodiscard]] Bytes encodeRans(std::span<const std::int32_t> values,
                               std::span<const std::uint8_t> contexts, std::size_t contextCount);

/// Reads what encodeRans wrote, in as many pieces as wanted. Safe on any bytes.
class RansDecoder {
public:
  /// `count` is how many values the caller will ask for; CorruptData when the stream holds another
  /// number. `stream` must outlive the decoder.
  [[nodiscard]] static Result<RansDecoder> open(ByteView stream, std::uint64_t count,
                                                std::size_t contextCount);

  /// The next values. Damaged streams give wrong values; `finish` tells.
  void decode(std::span<const std::uint8_t> contexts, std::span<std::int32_t> values);
  /// The next value.
  [[nodiscard]] std::int32_t decode(std::uint8_t context) {
    std::int32_t value = 0;
    decode({&context, 1}, {&value, 1});
    return value;
  }
  /// CorruptData unless every word and bit was used and every state is back at its start.
  [[nodiscard]] Result<void> finish() const;

private:
  struct Slot {
    std::uint16_t frequency;  ///< 0: the context never occurs
    std::uint16_t bias;       ///< the slot's place within its symbol
    std::uint8_t token;
  };
  explicit RansDecoder(ByteView extra) : m_extra(extra) {}
  std::vector<Slot> m_slots;  ///< 4096 a context
  std::array<std::uint32_t, 4> m_states{};
  const std::byte* m_next = nullptr;
  const std::byte* m_end = nullptr;
  BitReader m_extra;
  std::uint64_t m_extraBits = 0;
  std::uint64_t m_extraTotal = 0;
  std::uint64_t m_position = 0;
  bool m_bad = false;
};

/// Numbers from 0 as the signed ones that encodeRans codes best, and back.
[[nodiscard]] constexpr std::int32_t foldUnsigned(std::uint32_t value) noexcept {
  return static_cast<std::int32_t>(value >> 1 ^ (0U - (value & 1U)));
}
[[nodiscard]] constexpr std::uint32_t unfoldUnsigned(std::int32_t value) noexcept {
  const auto bits = static_cast<std::uint32_t>(value);
  return bits << 1 ^ (0U - (bits >> 31));
}

/// Seven bits a byte, low ones first, the top bit set on all but the last.
void writeVarint(ByteWriter& writer, std::uint64_t value);
[[nodiscard]] Result<std::uint64_t> readVarint(ByteReader& reader, const char* field);

}  // namespace volpress::coding
