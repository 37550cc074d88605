#include "app/engine/edit_json.hpp"

namespace volpress::engine {

Json editsToJson(const std::vector<edit::EditOperation>& edits) {
  Json list = Json::array();
  for (const edit::EditOperation& operation : edits) {
    list.push_back({{"kind", operation.kind},
                    {"params", paramsToJson(operation.params)},
                    {"enabled", operation.enabled}});
  }
  return list;
}

Result<std::vector<edit::EditOperation>> editsFromJson(const Json& json, std::string_view field) {
  constexpr std::size_t kMost = 1000;
  if (!json.is_array() || json.size() > kMost) {
    return fail(ErrorCode::CorruptData, "JSON field \"{}\" is no list of at most {} edits", field,
                kMost);
  }
  std::vector<edit::EditOperation> edits;
  for (const Json& one : json) {
    edit::EditOperation operation;
    VOLPRESS_TRY(operation.kind, jsonText(one, "kind"));
    if (edit::findEditKind(operation.kind) == nullptr) {
      return fail(ErrorCode::CorruptData, "JSON field \"{}\" names an unknown edit \"{}\"", field,
                  operation.kind.substr(0, 80));
    }
    VOLPRESS_TRY(const Json* params, jsonMember(one, "params"));
    VOLPRESS_TRY(operation.params, paramsFromJson(*params, "params"));
    if (one.contains("enabled")) {
      VOLPRESS_TRY(operation.enabled, jsonFlag(one, "enabled"));
    }
    edits.push_back(std::move(operation));
  }
  return edits;
}

}  // namespace volpress::engine
