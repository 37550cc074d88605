#include "compressors/coding/rans.hpp"

#include <algorithm>
#include <bit>
#include <numeric>

namespace volpress::coding {
namespace {

constexpr std::uint32_t kPrecision = 12;
constexpr std::uint32_t kTotal = 1U << kPrecision;
constexpr std::uint32_t kLow = 1U << 16;
constexpr std::size_t kStates = 4;
constexpr std::uint32_t kDirect = 24;  // folded values below are tokens themselves
constexpr std::size_t kTokens = 80;

/// A folded value as a token and raw bits.
struct Token {
  std::uint8_t token;
  std::uint8_t bits;
  std::uint32_t extra;
};

Token tokenOf(std::int32_t value) {
  const std::uint32_t folded = unfoldUnsigned(value);
  if (folded < kDirect) {
    return {static_cast<std::uint8_t>(folded), 0, 0};
  }
  // Two classes an octave: the bit below the leading one belongs to the token.
  const auto width = static_cast<std::uint32_t>(std::bit_width(folded));
  const std::uint32_t bits = width - 2;
  const std::uint32_t half = folded >> bits & 1U;
  return {static_cast<std::uint8_t>(kDirect + 2 * (width - 5) + half),
          static_cast<std::uint8_t>(bits), folded & ((1U << bits) - 1)};
}

/// The raw bits of a token at or above kDirect.
constexpr std::uint32_t extraBitsOf(std::uint32_t token) { return (token - kDirect) / 2 + 3; }

std::int32_t valueOf(std::uint32_t token, std::uint32_t extra) {
  const std::uint32_t bits = extraBitsOf(token);
  return foldUnsigned((2U | (token & 1U)) << bits | extra);
}
static_assert(kDirect % 2 == 0, "the low bit of a token is the bit below the leading one");

using Counts = std::array<std::uint64_t, kTokens>;
using Frequencies = std::array<std::uint32_t, kTokens>;

/// Frequencies that add up to kTotal, at least 1 for what occurs: largest remainders.
Frequencies normalise(const Counts& counts) {
  Frequencies frequencies{};
  const std::uint64_t total = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0});
  if (total == 0) {
    return frequencies;
  }
  std::array<double, kTokens> ideal{};
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kTokens; ++i) {
    ideal[i] = static_cast<double>(counts[i]) * kTotal / static_cast<double>(total);
    frequencies[i] = counts[i] == 0 ? 0 : std::max(1U, static_cast<std::uint32_t>(ideal[i]));
    sum += frequencies[i];
  }
  while (sum != kTotal) {
    // The one whose frequency is farthest from what it should be gives or takes, lower ones first.
    std::size_t best = kTokens;
    double most = 0;
    for (std::size_t i = 0; i < kTokens; ++i) {
      const double lack = ideal[i] - static_cast<double>(frequencies[i]);
      const double gain = sum < kTotal ? lack : -lack;
      const bool may = sum < kTotal ? counts[i] != 0 : frequencies[i] > 1;
      if (may && (best == kTokens || gain > most)) {
        best = i;
        most = gain;
      }
    }
    frequencies[best] += sum < kTotal ? 1U : ~0U;
    sum += sum < kTotal ? 1U : ~0U;
  }
  return frequencies;
}

}  // namespace

void writeVarint(ByteWriter& writer, std::uint64_t value) {
  while (value >= 128) {
    writer.write(static_cast<std::uint8_t>(value | 128U));
    value >>= 7;
  }
  writer.write(static_cast<std::uint8_t>(value));
}

Result<std::uint64_t> readVarint(ByteReader& reader, const char* field) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 63; shift += 7) {
    VOLPRESS_TRY(const auto byte, reader.read<std::uint8_t>(field));
    value |= static_cast<std::uint64_t>(byte & 127U) << shift;
    if (byte < 128) {
      return value;
    }
  }
  return fail(ErrorCode::CorruptData, "{} is a number of more than 63 bits", field);
}

Bytes encodeRans(std::span<const std::int32_t> values, std::span<const std::uint8_t> contexts,
                 std::size_t contextCount) {
  std::vector<Token> tokens(values.size());
  std::vector<Counts> counts(contextCount);
  BitWriter extra;
  std::uint64_t extraBits = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    tokens[i] = tokenOf(values[i]);
    ++counts[contexts[i]][tokens[i].token];
    extra.write(tokens[i].extra, tokens[i].bits);
    extraBits += tokens[i].bits;
  }
  ByteWriter out;
  writeVarint(out, values.size());
  std::vector<Frequencies> frequencies;
  std::vector<Frequencies> starts(contextCount);
  for (std::size_t c = 0; c < contextCount; ++c) {
    frequencies.push_back(normalise(counts[c]));
    std::size_t used = kTokens;
    while (used > 0 && frequencies[c][used - 1] == 0) {
      --used;
    }
    writeVarint(out, used);
    std::uint32_t start = 0;
    for (std::size_t i = 0; i < used; ++i) {
      writeVarint(out, frequencies[c][i]);
      starts[c][i] = start;
      start += frequencies[c][i];
    }
  }
  std::array<std::uint32_t, kStates> states;
  states.fill(kLow);
  std::vector<std::uint16_t> words;
  for (std::size_t i = values.size(); i-- != 0;) {
    std::uint32_t& state = states[i % kStates];
    const std::uint32_t frequency = frequencies[contexts[i]][tokens[i].token];
    const std::uint64_t limit = static_cast<std::uint64_t>(kLow >> kPrecision << 16) * frequency;
    while (state >= limit) {
      words.push_back(static_cast<std::uint16_t>(state & 0xFFFFU));
      state >>= 16;
    }
    state = (state / frequency << kPrecision) + state % frequency +
            starts[contexts[i]][tokens[i].token];
  }
  writeVarint(out, words.size());
  writeVarint(out, extraBits);
  for (const std::uint32_t state : states) {
    out.write(state);
  }
  std::reverse(words.begin(), words.end());
  out.append(viewBytes(std::span<const std::uint16_t>(words)));
  out.append(extra.finish());
  return std::move(out).take();
}

Result<RansDecoder> RansDecoder::open(ByteView stream, std::uint64_t count,
                                      std::size_t contextCount) {
  ByteReader reader(stream);
  VOLPRESS_TRY(const std::uint64_t stored, readVarint(reader, "rANS value count"));
  if (stored != count) {
    return fail(ErrorCode::CorruptData, "a rANS stream holds {} values, not {}", stored, count);
  }
  std::vector<Slot> slots(kTotal * contextCount);
  for (std::size_t c = 0; c < contextCount; ++c) {
    VOLPRESS_TRY(const std::uint64_t used, readVarint(reader, "rANS table size"));
    if (used > kTokens) {
      return fail(ErrorCode::CorruptData, "a rANS table of {} symbols; at most {} are allowed",
                  used, kTokens);
    }
    std::uint32_t start = 0;
    for (std::uint32_t token = 0; token < used; ++token) {
      VOLPRESS_TRY(const std::uint64_t frequency, readVarint(reader, "rANS frequency"));
      if (frequency > kTotal - start) {
        return fail(ErrorCode::CorruptData, "rANS frequencies add up to more than {}", kTotal);
      }
      for (std::uint32_t i = 0; i < frequency; ++i) {
        slots[c * kTotal + start + i] = {static_cast<std::uint16_t>(frequency),
                                         static_cast<std::uint16_t>(i),
                                         static_cast<std::uint8_t>(token)};
      }
      start += static_cast<std::uint32_t>(frequency);
    }
    if (used != 0 && start != kTotal) {
      return fail(ErrorCode::CorruptData, "rANS frequencies add up to {}, not {}", start, kTotal);
    }
  }
  VOLPRESS_TRY(const std::uint64_t words, readVarint(reader, "rANS word count"));
  VOLPRESS_TRY(const std::uint64_t extraBits, readVarint(reader, "rANS raw bits"));
  std::array<std::uint32_t, kStates> states{};
  for (std::uint32_t& state : states) {
    VOLPRESS_TRY(state, reader.read<std::uint32_t>("rANS state"));
    if (state < kLow) {
      return fail(ErrorCode::CorruptData, "a rANS state of {} is below {}", state, kLow);
    }
  }
  if (words > reader.remaining() / 2) {
    return fail(ErrorCode::CorruptData, "{} rANS words, but {} bytes are left", words,
                reader.remaining());
  }
  VOLPRESS_TRY(const ByteView wordBytes, reader.take(words * 2, "rANS words"));
  if (extraBits > reader.remaining() * std::uint64_t{8} ||
      (extraBits + 7) / 8 != reader.remaining()) {
    return fail(ErrorCode::CorruptData, "{} raw bits in {} bytes", extraBits, reader.remaining());
  }
  RansDecoder decoder(reader.rest());
  decoder.m_slots = std::move(slots);
  decoder.m_states = states;
  decoder.m_next = wordBytes.data();
  decoder.m_end = wordBytes.data() + wordBytes.size();
  decoder.m_extraTotal = extraBits;
  return decoder;
}

void RansDecoder::decode(std::span<const std::uint8_t> contexts, std::span<std::int32_t> values) {
  for (std::size_t i = 0; i < values.size(); ++i, ++m_position) {
    std::uint32_t& state = m_states[m_position % kStates];
    const Slot& slot = m_slots[contexts[i] * kTotal + (state & (kTotal - 1))];
    state = slot.frequency * (state >> kPrecision) + slot.bias;
    if (state < kLow) {
      if (m_next == m_end || slot.frequency == 0) {
        m_bad = true;
        state = kLow;
      } else {
        std::uint16_t word = 0;
        std::memcpy(&word, m_next, sizeof(word));
        m_next += sizeof(word);
        state = state << 16 | word;
        // A state that a writer left here is never below the bound after one word.
        m_bad = m_bad || state < kLow;
        state = std::max(state, kLow);
      }
    }
    if (slot.token < kDirect) {
      values[i] = foldUnsigned(slot.token);
    } else {
      const std::uint32_t bits = extraBitsOf(slot.token);
      m_extraBits += bits;
      values[i] = valueOf(slot.token, m_extra.read(bits));
    }
  }
}

Result<void> RansDecoder::finish() const {
  const bool atStart = std::all_of(m_states.begin(), m_states.end(),
                                   [](std::uint32_t state) { return state == kLow; });
  if (m_bad || !atStart || m_next != m_end || m_extraBits != m_extraTotal) {
    return fail(ErrorCode::CorruptData, "a rANS stream does not end with its last value");
  }
  return {};
}

}  // namespace volpress::coding
