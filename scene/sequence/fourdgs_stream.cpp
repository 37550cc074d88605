#include "scene/sequence/fourdgs_stream.hpp"

#include <algorithm>
#include <cstring>
#include <limits>
#include <memory>

#include <libdeflate.h>
#include <zstd.h>

namespace volpress::fourdgs {
namespace {

enum Mode : std::uint8_t { kRaw, kDelta, kConstant };
enum Codec : std::uint8_t { kDeflate, kZstd };

constexpr int kLevel = 6;
constexpr std::uint64_t kMostBytes = std::uint64_t{512} << 20;
/// Deflate packs no more than 1,032 bytes into one.
constexpr std::uint64_t kMostRatio = 1032;
constexpr std::uint32_t kMostText = 1U << 20;

std::uint32_t zigzag(std::int64_t value) {
  return static_cast<std::uint32_t>((static_cast<std::uint64_t>(value) << 1) ^
                                    static_cast<std::uint64_t>(value >> 63));
}
std::int64_t unzigzag(std::uint32_t value) {
  return static_cast<std::int64_t>(value >> 1) ^ -static_cast<std::int64_t>(value & 1U);
}

Bytes deflate(ByteView raw) {
  const std::unique_ptr<libdeflate_compressor, decltype(&libdeflate_free_compressor)> compressor(
      libdeflate_alloc_compressor(kLevel), &libdeflate_free_compressor);
  Bytes packed(libdeflate_zlib_compress_bound(compressor.get(), raw.size()));
  packed.resize(libdeflate_zlib_compress(compressor.get(), raw.data(), raw.size(), packed.data(),
                                         packed.size()));
  return packed;
}

Result<Bytes> unpack(ByteView packed, std::uint8_t codec, std::uint64_t size) {
  if (size > kMostBytes || size / kMostRatio > packed.size()) {
    return fail(ErrorCode::CorruptData, "{} bytes of a stream in {}; at most {} are allowed", size,
                packed.size(), kMostBytes);
  }
  Bytes raw(static_cast<std::size_t>(size));
  if (codec == kZstd) {
    const std::size_t got = ZSTD_decompress(raw.data(), raw.size(), packed.data(), packed.size());
    if (ZSTD_isError(got) != 0 || got != raw.size()) {
      return fail(ErrorCode::CorruptData, "a zstd stream is damaged");
    }
    return raw;
  }
  if (codec != kDeflate) {
    return fail(ErrorCode::UnsupportedVersion,
                "stream codec {}; 0 (deflate) and 1 (zstd) can be read", codec);
  }
  const std::unique_ptr<libdeflate_decompressor, decltype(&libdeflate_free_decompressor)>
      decompressor(libdeflate_alloc_decompressor(), &libdeflate_free_decompressor);
  std::size_t got = 0;
  if (libdeflate_zlib_decompress(decompressor.get(), packed.data(), packed.size(), raw.data(),
                                 raw.size(), &got) != LIBDEFLATE_SUCCESS ||
      got != raw.size()) {
    return fail(ErrorCode::CorruptData, "a deflate stream is damaged");
  }
  return raw;
}

/// A stream's symbols in the fewest bytes each, byte planes apart, deflated.
struct Packed {
  std::uint8_t width = 1;
  Bytes bytes;
};
Packed pack(std::span<const std::uint32_t> symbols) {
  const std::uint32_t most =
      symbols.empty() ? 0 : *std::max_element(symbols.begin(), symbols.end());
  Packed packed;
  packed.width = most <= 0xFF ? 1 : most <= 0xFFFF ? 2 : 4;
  Bytes raw;
  raw.reserve(symbols.size() * packed.width);
  for (unsigned plane = 0; plane < packed.width; ++plane) {
    for (const std::uint32_t symbol : symbols) {
      raw.push_back(static_cast<std::byte>(symbol >> (8 * plane)));
    }
  }
  packed.bytes = deflate(raw);
  return packed;
}

}  // namespace

void writeStream(ByteWriter& out, std::uint8_t attribute, std::uint8_t channels,
                 std::span<const std::int32_t> values) {
  const std::size_t count = values.size() / channels;
  Mode mode = kRaw;
  Packed best;
  bool constant = count > 1;
  for (std::size_t i = channels; i < values.size() && constant; ++i) {
    constant = values[i] == values[i - channels];
  }
  std::vector<std::uint32_t> symbols;
  if (constant) {
    mode = kConstant;
    for (std::size_t c = 0; c < channels; ++c) {
      symbols.push_back(zigzag(values[c]));
    }
    best = pack(symbols);
  } else if (count > 0) {
    std::vector<std::uint32_t> deltas;
    bool fits = true;
    for (std::size_t i = 0; i < values.size(); ++i) {
      symbols.push_back(zigzag(values[i]));
      const std::int64_t step =
          std::int64_t{values[i]} - (i < channels ? 0 : std::int64_t{values[i - channels]});
      fits = fits && step == static_cast<std::int32_t>(step);
      deltas.push_back(zigzag(step));
    }
    best = pack(symbols);
    Packed other = fits ? pack(deltas) : Packed();
    if (fits && other.bytes.size() < best.bytes.size()) {
      mode = kDelta;
      best = std::move(other);
    }
  }
  out.write(attribute);
  out.write(best.width);
  out.write(static_cast<std::uint8_t>(mode));
  out.write(static_cast<std::uint8_t>(kDeflate));
  out.write(channels);
  out.write(static_cast<std::uint32_t>(count));
  out.write(static_cast<std::uint64_t>(best.bytes.size()));
  out.append(best.bytes);
}

Result<Stream> readStream(ByteReader& reader, std::uint32_t count) {
  Stream stream;
  VOLPRESS_TRY(stream.attribute, reader.read<std::uint8_t>("attribute"));
  VOLPRESS_TRY(const auto width, reader.read<std::uint8_t>("symbol width"));
  VOLPRESS_TRY(const auto mode, reader.read<std::uint8_t>("stream mode"));
  VOLPRESS_TRY(const auto codec, reader.read<std::uint8_t>("stream codec"));
  VOLPRESS_TRY(stream.channels, reader.read<std::uint8_t>("channels"));
  VOLPRESS_TRY(stream.count, reader.read<std::uint32_t>("element count"));
  VOLPRESS_TRY(const auto length, reader.read<std::uint64_t>("stream length"));
  VOLPRESS_TRY(const ByteView packed, reader.take(length, "stream"));
  if ((width != 1 && width != 2 && width != 4) || mode > kConstant || stream.channels == 0 ||
      stream.count != count) {
    return fail(ErrorCode::CorruptData,
                "attribute {}: symbols of {} bytes, mode {}, {} channels of {} Gaussians; {} are "
                "expected",
                stream.attribute, width, mode, stream.channels, stream.count, count);
  }
  if (count == 0) {
    return stream;
  }
  const std::uint64_t symbols =
      mode == kConstant ? stream.channels : std::uint64_t{stream.count} * stream.channels;
  VOLPRESS_TRY(const Bytes raw, unpack(packed, codec, symbols * width));
  stream.values.resize(std::size_t{count} * stream.channels);
  for (std::size_t i = 0; i < stream.values.size(); ++i) {
    if (mode == kConstant && i >= stream.channels) {
      stream.values[i] = stream.values[i - stream.channels];
      continue;
    }
    std::uint32_t symbol = 0;
    for (unsigned plane = 0; plane < width; ++plane) {
      symbol |= static_cast<std::uint32_t>(raw[plane * static_cast<std::size_t>(symbols) + i])
                << (8 * plane);
    }
    std::int64_t value = unzigzag(symbol);
    if (mode == kDelta && i >= stream.channels) {
      value += stream.values[i - stream.channels];
    }
    if (value != static_cast<std::int32_t>(value)) {
      return fail(ErrorCode::CorruptData, "attribute {}: a number beyond 32 bits",
                  stream.attribute);
    }
    stream.values[i] = static_cast<std::int32_t>(value);
  }
  return stream;
}

void writeRecord(ByteWriter& out, std::uint8_t opcode, ByteView content) {
  out.write(opcode);
  out.write(static_cast<std::uint64_t>(content.size()));
  out.append(content);
}

Result<Record> readRecord(ByteReader& reader) {
  Record record;
  VOLPRESS_TRY(record.opcode, reader.read<std::uint8_t>("record"));
  VOLPRESS_TRY(const auto length, reader.read<std::uint64_t>("record length"));
  VOLPRESS_TRY(record.content, reader.take(length, "record"));
  return record;
}

void writeText(ByteWriter& out, std::string_view text) {
  out.write(static_cast<std::uint32_t>(text.size()));
  out.append(text);
}

Result<std::string> readText(ByteReader& reader, const char* field) {
  VOLPRESS_TRY(const auto length, reader.read<std::uint32_t>(field));
  if (length > kMostText) {
    return fail(ErrorCode::CorruptData, "{} has {} bytes; at most {} are allowed", field, length,
                kMostText);
  }
  VOLPRESS_TRY(const ByteView bytes, reader.take(length, field));
  return std::string(viewText(bytes));
}

}  // namespace volpress::fourdgs
