#include <nlohmann/json.hpp>

#include "compressors/container/container.hpp"

namespace volpress::compressors {

using Json = nlohmann::ordered_json;

std::string paramsToJson(const ParamSet& params) {
  Json object = Json::object();
  for (const auto& [id, value] : params) {
    std::visit([&object, &name = id](const auto& held) { object[name] = held; }, value);
  }
  return object.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Result<ParamSet> paramsFromJson(std::string_view json) {
  const Json object = Json::parse(json, nullptr, false);
  if (!object.is_object()) {
    return fail(ErrorCode::CorruptData, "the parameter record is not a JSON object");
  }
  ParamSet params;
  for (const auto& [id, value] : object.items()) {
    if (value.is_boolean()) {
      params[id] = value.get<bool>();
    } else if (value.is_number_unsigned() &&
               value.get<std::uint64_t>() > std::uint64_t{0x7FFFFFFFFFFFFFFF}) {
      return fail(ErrorCode::CorruptData, "parameter '{}' is too large", id);
    } else if (value.is_number_integer()) {
      params[id] = value.get<std::int64_t>();
    } else if (value.is_number_float()) {
      params[id] = value.get<double>();
    } else if (value.is_string()) {
      params[id] = value.get<std::string>();
    } else {
      return fail(ErrorCode::CorruptData, "parameter '{}' is neither number, text nor flag", id);
    }
  }
  return params;
}

}  // namespace volpress::compressors
