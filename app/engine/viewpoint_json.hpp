// Viewpoints in the engine's JSON files. Include from .cpp files only.
#pragma once

#include "app/engine/json_text.hpp"
#include "app/engine/viewpoint.hpp"

namespace volpress::engine {

[[nodiscard]] Json viewpointToJson(const Viewpoint& view);
/// Checked; errors begin with `what`.
[[nodiscard]] Result<Viewpoint> viewpointFromJson(const Json& json, std::string_view what);

}  // namespace volpress::engine
