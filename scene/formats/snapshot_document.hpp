// The MessagePack tree of an Instant-NGP snapshot, read from untrusted bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include <nlohmann/json.hpp>

#include "scene/base/bytes.hpp"
#include "scene/base/result.hpp"

namespace volpress::formats {

/// Parses one MessagePack map. Levels of nesting, the number of values and all lengths are checked
/// before anything is allocated. Arrays of bytes under a key "bytes", which snapshots have that
/// went through text, become binaries. CorruptData otherwise.
[[nodiscard]] Result<nlohmann::json> parseMessagePack(ByteView bytes);
[[nodiscard]] Bytes toMessagePack(const nlohmann::json& document);

/// A gzip or zlib stream, or plain bytes, by the first two bytes; at most 1 GiB inflated.
[[nodiscard]] Result<Bytes> unwrapSnapshot(ByteView file);
/// The first inflated bytes, at most `size`; fewer where the file ends or is damaged.
[[nodiscard]] Bytes unwrapStart(ByteView file, std::size_t size);
/// A gzip member; `level` is zlib's, 1 to 9, or its default.
[[nodiscard]] Result<Bytes> wrapGzip(ByteView bytes, int level = -1);

/// A binary, also in the form {"bytes": ..., "subtype": ...}; null when the value is none.
[[nodiscard]] const nlohmann::json::binary_t* asBinary(const nlohmann::json& value);

}  // namespace volpress::formats
