// Lists of edits as JSON, in jobs and projects. Heavy: include it from .cpp files only.
#pragma once

#include <vector>

#include "app/engine/json_text.hpp"
#include "scene/edit/operations.hpp"

namespace volpress::engine {

/// [{"kind": "crop-box", "params": {...}, "enabled": true}, ...]
[[nodiscard]] Json editsToJson(const std::vector<edit::EditOperation>& edits);

/// At most 1,000 operations of known kinds; values are checked when the edits are applied.
[[nodiscard]] Result<std::vector<edit::EditOperation>> editsFromJson(const Json& json,
                                                                     std::string_view field);

}  // namespace volpress::engine
