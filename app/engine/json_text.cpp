#include "app/engine/json_text.hpp"

#include <cmath>
#include <limits>

namespace volpress::engine {
namespace {

constexpr int kMaxDepth = 64;

bool isUtf8(const std::string& text) {
  try {
    (void)Json(text).dump();
    return true;
  } catch (const Json::exception&) {
    return false;
  }
}

tl::unexpected<Error> wrongType(std::string_view field, const Json& found,
                                std::string_view wanted) {
  return fail(ErrorCode::CorruptData, "JSON field \"{}\" is {}, not {}", field, found.type_name(),
              wanted);
}

}  // namespace

std::string dumpJson(const Json& json, int indent) {
  return json.dump(indent, ' ', false, Json::error_handler_t::replace);
}

Result<Json> parseJson(std::string_view text) {
  bool tooDeep = false;
  const Json::parser_callback_t limitDepth = [&](int depth, Json::parse_event_t, Json&) {
    tooDeep = tooDeep || depth > kMaxDepth;
    return depth <= kMaxDepth;
  };
  try {
    Json json = Json::parse(text.begin(), text.end(), limitDepth);
    if (tooDeep) {
      return fail(ErrorCode::CorruptData, "JSON is nested deeper than {} levels", kMaxDepth);
    }
    return json;
  } catch (const Json::exception& problem) {
    return fail(ErrorCode::CorruptData, "not valid JSON: {}", problem.what());
  }
}

Json numberToJson(double value) {
  if (std::isnan(value)) {
    return "NaN";
  }
  if (std::isinf(value)) {
    return value > 0 ? "Infinity" : "-Infinity";
  }
  return value;
}

Result<double> numberFromJson(const Json& json, std::string_view field) {
  if (json.is_number()) {
    return json.get<double>();
  }
  if (json == "Infinity") {
    return std::numeric_limits<double>::infinity();
  }
  if (json == "-Infinity") {
    return -std::numeric_limits<double>::infinity();
  }
  if (json == "NaN") {
    return std::numeric_limits<double>::quiet_NaN();
  }
  return wrongType(field, json, "a number");
}

Json pathToJson(const std::filesystem::path& path) {
  const std::string& text = path.native();
  if (isUtf8(text)) {
    return text;
  }
  Json bytes = Json::array();
  for (const char character : text) {
    bytes.push_back(static_cast<unsigned>(static_cast<unsigned char>(character)));
  }
  return bytes;
}

Result<std::filesystem::path> pathFromJson(const Json& json, std::string_view field) {
  std::string text;
  if (json.is_string()) {
    text = json.get<std::string>();
  } else if (json.is_array()) {
    for (const Json& byte : json) {
      if (!byte.is_number_unsigned() || byte.get<std::uint64_t>() > 255) {
        return wrongType(field, byte, "a byte value 0 to 255");
      }
      text.push_back(static_cast<char>(byte.get<unsigned>()));
    }
  } else {
    return wrongType(field, json, "a path");
  }
  if (text.find('\0') != std::string::npos) {
    return fail(ErrorCode::CorruptData, "JSON field \"{}\" holds a zero byte", field);
  }
  return std::filesystem::path(text);
}

Json paramsToJson(const ParamSet& params) {
  Json json = Json::object();
  for (const auto& [id, value] : params) {
    json[id] = std::visit([](const auto& held) { return Json(held); }, value);
  }
  return json;
}

Result<ParamSet> paramsFromJson(const Json& json, std::string_view field) {
  if (!json.is_object()) {
    return wrongType(field, json, "an object");
  }
  ParamSet params;
  for (const auto& [id, value] : json.items()) {
    if (value.is_boolean()) {
      params[id] = value.get<bool>();
    } else if (value.is_number_unsigned() && value.get<std::uint64_t>() > INT64_MAX) {
      return fail(ErrorCode::CorruptData, "JSON field \"{}.{}\" is {}, over the 64-bit integers",
                  field, id, value.get<std::uint64_t>());
    } else if (value.is_number_integer()) {
      params[id] = value.get<std::int64_t>();
    } else if (value.is_number()) {
      params[id] = value.get<double>();
    } else if (value.is_string()) {
      params[id] = value.get<std::string>();
    } else {
      return wrongType(std::string(field) + "." + id, value, "a parameter value");
    }
  }
  return params;
}

Result<const Json*> jsonMember(const Json& object, std::string_view field) {
  if (!object.is_object()) {
    return fail(ErrorCode::CorruptData, "JSON is {}, not an object with \"{}\"", object.type_name(),
                field);
  }
  const auto found = object.find(std::string(field));
  if (found == object.end()) {
    return fail(ErrorCode::CorruptData, "JSON field \"{}\" is missing", field);
  }
  return &*found;
}

Result<std::string> jsonText(const Json& object, std::string_view field) {
  VOLPRESS_TRY(const Json* member, jsonMember(object, field));
  if (!member->is_string()) {
    return wrongType(field, *member, "text");
  }
  return member->get<std::string>();
}

Result<std::uint64_t> jsonCount(const Json& object, std::string_view field) {
  VOLPRESS_TRY(const Json* member, jsonMember(object, field));
  if (!member->is_number_unsigned()) {
    return wrongType(field, *member, "a count");
  }
  return member->get<std::uint64_t>();
}

Result<double> jsonNumber(const Json& object, std::string_view field) {
  VOLPRESS_TRY(const Json* member, jsonMember(object, field));
  return numberFromJson(*member, field);
}

Result<bool> jsonFlag(const Json& object, std::string_view field) {
  VOLPRESS_TRY(const Json* member, jsonMember(object, field));
  if (!member->is_boolean()) {
    return wrongType(field, *member, "true or false");
  }
  return member->get<bool>();
}

Result<const Json*> jsonList(const Json& object, std::string_view field) {
  VOLPRESS_TRY(const Json* member, jsonMember(object, field));
  if (!member->is_array()) {
    return wrongType(field, *member, "a list");
  }
  return member;
}

}  // namespace volpress::engine
