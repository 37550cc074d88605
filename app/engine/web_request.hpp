// What a request for a file of a folder asks for: names, ranges, types. No sockets here.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "scene/base/result.hpp"

namespace volpress::engine {

/// Bytes [first, first + count) of a file.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
};

/// How a Range header is answered (RFC 9110, section 14).
struct RangeAnswer {
  enum class Kind : std::uint8_t {
    Whole,          ///< 200: none, malformed, or several at once, which a server may ignore
    Part,           ///< 206
    Unsatisfiable,  ///< 416
  };
  Kind kind = Kind::Whole;
  ByteRange range;  ///< within the file
};

/// `header` is the value of a Range header ("bytes=0-99", "bytes=100-", "bytes=-32") or empty.
[[nodiscard]] RangeAnswer answerRange(std::string_view header, std::uint64_t fileBytes);

/// The path that a request target names, relative and with '/', without query: "/a%20b/c?x" is
/// "a b/c"; "/" is empty; a folder keeps its last '/'. InvalidParameter for what is no path of this
/// server: bad escapes, "..", ".", backslashes, control characters, hidden names, over 1,024 bytes.
[[nodiscard]] Result<std::string> pathOfTarget(std::string_view target);

/// The media type of a file name, by its extension; application/octet-stream where not known.
[[nodiscard]] std::string_view mediaType(const std::filesystem::path& path);

/// Whether an If-None-Match or If-Range header names this entity tag (weak tags never match).
[[nodiscard]] bool namesTag(std::string_view header, std::string_view tag);

}  // namespace volpress::engine
