#include "scene/formats/json_input.hpp"

namespace volpress::formats {
namespace {

using nlohmann::json;

Result<void> checkDepth(std::string_view text, std::string_view name, int maxDepth) {
  int depth = 0;
  bool inString = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      i += c == '\\' ? 1 : 0;
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '{' || c == '[') {
      if (++depth > maxDepth) {
        return failAt(ErrorCode::CorruptData, i, "{} is nested deeper than {} levels", name,
                      maxDepth);
      }
    } else if (c == '}' || c == ']') {
      --depth;
    }
  }
  return {};
}

}  // namespace

Result<json> parseJsonObject(ByteView bytes, std::string_view name, std::size_t maxBytes,
                             int maxDepth) {
  if (bytes.size() > maxBytes) {
    return fail(ErrorCode::CorruptData, "{} has {} bytes, allowed are {}", name, bytes.size(),
                maxBytes);
  }
  const std::string_view text = viewText(bytes);
  VOLPRESS_CHECK(checkDepth(text, name, maxDepth));
  json root = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!root.is_object()) {
    return fail(ErrorCode::CorruptData, "{} is no JSON object", name);
  }
  return root;
}

const json* findMember(const json& parent, std::string_view key) {
  if (!parent.is_object()) {
    return nullptr;
  }
  const auto found = parent.find(key);
  return found == parent.end() ? nullptr : &*found;
}

Result<std::uint64_t> wholeNumber(const json& value, std::string_view where, std::uint64_t low,
                                  std::uint64_t high) {
  // Some writers put a point behind whole numbers.
  const double number = value.is_number() ? value.get<double>() : -1;
  if (!(number >= static_cast<double>(low) && number <= static_cast<double>(high)) ||
      number != static_cast<double>(static_cast<std::uint64_t>(number))) {
    return fail(ErrorCode::CorruptData, "{} is {}, allowed are whole numbers {} to {}", where,
                value.dump(-1, ' ', false, json::error_handler_t::replace).substr(0, 40), low,
                high);
  }
  return static_cast<std::uint64_t>(number);
}

}  // namespace volpress::formats
