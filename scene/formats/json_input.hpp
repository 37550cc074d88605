// JSON from untrusted files.
#pragma once

#include <string_view>

#include <nlohmann/json.hpp>

#include "scene/base/bytes.hpp"

namespace volpress::formats {

inline constexpr std::size_t kMaxJsonBytes = std::size_t{64} << 20;

inline constexpr int kMaxJsonDepth = 64;

/// Parses a JSON object of at most `maxBytes` and `maxDepth` levels; CorruptData begins with
/// `name`.
[[nodiscard]] Result<nlohmann::json> parseJsonObject(ByteView bytes, std::string_view name,
                                                     std::size_t maxBytes = kMaxJsonBytes,
                                                     int maxDepth = kMaxJsonDepth);

/// Member of an object, or null.
[[nodiscard]] const nlohmann::json* findMember(const nlohmann::json& parent, std::string_view key);

/// A whole number low..high; `where` names it in the error.
[[nodiscard]] Result<std::uint64_t> wholeNumber(const nlohmann::json& value, std::string_view where,
                                                std::uint64_t low, std::uint64_t high);

}  // namespace volpress::formats
