// Small helpers around nlohmann-json for the engine's own sources and the command line. Heavy:
// include it from .cpp files only.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "scene/base/params.hpp"
#include "scene/base/result.hpp"

namespace volpress::engine {

/// Keys keep the order in which they are written, so that people can read the result.
using Json = nlohmann::ordered_json;

/// One line, or indented by `indent` spaces. Bytes that are no UTF-8 become replacement characters:
/// messages may quote anything.
[[nodiscard]] std::string dumpJson(const Json& json, int indent = -1);

/// Parses untrusted text; CorruptData with the parser's reason and offset. Nesting deeper than 64
/// is refused.
[[nodiscard]] Result<Json> parseJson(std::string_view text);

/// A number, or the words "Infinity", "-Infinity" and "NaN", which JSON has no numbers for.
[[nodiscard]] Json numberToJson(double value);
[[nodiscard]] Result<double> numberFromJson(const Json& json, std::string_view field);

/// A path as text, or as an array of byte values when it is no UTF-8.
[[nodiscard]] Json pathToJson(const std::filesystem::path& path);
[[nodiscard]] Result<std::filesystem::path> pathFromJson(const Json& json, std::string_view field);

[[nodiscard]] Json paramsToJson(const ParamSet& params);
[[nodiscard]] Result<ParamSet> paramsFromJson(const Json& json, std::string_view field);

/// Members of an object, checked for presence and type; CorruptData names the field.
[[nodiscard]] Result<const Json*> jsonMember(const Json& object, std::string_view field);
[[nodiscard]] Result<std::string> jsonText(const Json& object, std::string_view field);
[[nodiscard]] Result<std::uint64_t> jsonCount(const Json& object, std::string_view field);
[[nodiscard]] Result<double> jsonNumber(const Json& object, std::string_view field);
[[nodiscard]] Result<bool> jsonFlag(const Json& object, std::string_view field);
[[nodiscard]] Result<const Json*> jsonList(const Json& object, std::string_view field);

}  // namespace volpress::engine
