// The attribute streams and records of `.4dgs` files.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::fourdgs {

/// Numbers of one attribute of the Gaussians of a chunk.
struct Stream {
  std::uint8_t attribute = 0;
  std::uint8_t channels = 1;
  std::uint32_t count = 0;           ///< Gaussians
  std::vector<std::int32_t> values;  ///< [Gaussian][channel]
};

/// Appends a stream: constant, raw or as differences from Gaussian to Gaussian, whichever is
/// smallest; deflated. `values` holds a whole number of Gaussians.
void writeStream(ByteWriter& out, std::uint8_t attribute, std::uint8_t channels,
                 std::span<const std::int32_t> values);

/// Reads the next stream of untrusted bytes. It must be of `count` Gaussians, and is CorruptData
/// when its numbers do not fit int32; codecs but deflate and zstd are UnsupportedVersion.
[[nodiscard]] Result<Stream> readStream(ByteReader& reader, std::uint32_t count);

/// u8 opcode, u64 length, content.
void writeRecord(ByteWriter& out, std::uint8_t opcode, ByteView content);
struct Record {
  std::uint8_t opcode = 0;
  ByteView content;
};
[[nodiscard]] Result<Record> readRecord(ByteReader& reader);

/// u32 length and text.
void writeText(ByteWriter& out, std::string_view text);
[[nodiscard]] Result<std::string> readText(ByteReader& reader, const char* field);

}  // namespace volpress::fourdgs
