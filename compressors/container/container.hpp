// Our file, `.vpc`: a header and named chunks. Byte layout in FORMAT.md beside this file.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "scene/base/bytes.hpp"
#include "scene/base/params.hpp"
#include "scene/base/result.hpp"
#include "scene/formats/format.hpp"

namespace volpress::compressors {

/// How a chunk's bytes are packed on disk.
enum class Packing : std::uint8_t {
  Stored = 0,  ///< as they are: an entropy coder of the codec already applies
  Zstd = 1,
};

struct Chunk {
  std::string name;  ///< 1..31 printable ASCII characters, unique; the attribute it belongs to
  Bytes data;        ///< unpacked
  Packing packing = Packing::Stored;
  bool critical = true;  ///< a reader that does not know the name must refuse the file
};

struct Container {
  std::string codecId;
  std::uint32_t codecVersion = 1;
  std::string parameters;  ///< the completed parameters as one JSON object
  std::vector<Chunk> chunks;

  /// The chunk of that name, or null.
  [[nodiscard]] const Chunk* find(std::string_view name) const;
  /// The chunk of that name; CorruptData when there is none.
  [[nodiscard]] Result<ByteView> require(std::string_view name) const;
};

[[nodiscard]] bool isContainer(ByteView head);
/// The codec id of a container's header, for dispatch; empty when these bytes are none.
[[nodiscard]] std::string containerCodec(ByteView head);

/// A chunk packed with Zstd is stored instead when that is not smaller. Cancelled when `stop` asks
/// for it; InvalidParameter for a codec id, a name or a size that FORMAT.md does not allow.
[[nodiscard]] Result<Bytes> writeContainer(const Container& container,
                                           const std::stop_token& stop = {});

/// Bytes that a chunk takes in the file besides its own.
[[nodiscard]] inline std::size_t chunkTableBytes(const Chunk& chunk) noexcept {
  return 28 + chunk.name.size();
}

/// Parses untrusted bytes. Every length is checked against the bytes present, raw lengths against
/// the packed ones (ratio <= 1024), and every checksum is verified. Unknown-chunk policy is the
/// codec's: it calls `checkKnownChunks`.
[[nodiscard]] Result<Container> readContainer(ByteView file, const std::stop_token& stop = {});

/// As readContainer, of a file that ends early: chunks from the first on that is not all there are
/// missing. The header must be whole.
[[nodiscard]] Result<Container> readContainerFront(ByteView file, const std::stop_token& stop = {});

/// UnsupportedVersion when a critical chunk is not in `known`; names of skipped optional ones.
[[nodiscard]] Result<std::vector<std::string>> checkKnownChunks(
    const Container& container, std::span<const std::string_view> known);

/// Bytes on disk by chunk name, plus "header" for the rest; adds up to the file's size.
[[nodiscard]] Result<std::vector<formats::ByteShare>> containerBreakdown(ByteView file);

/// Completed parameters to and from the JSON of `Container::parameters`.
[[nodiscard]] std::string paramsToJson(const ParamSet& params);
[[nodiscard]] Result<ParamSet> paramsFromJson(std::string_view json);

}  // namespace volpress::compressors
