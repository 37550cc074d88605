// The mesh's part of an evaluation as JSON.
#pragma once

#include "app/engine/job.hpp"
#include "app/engine/json_text.hpp"

namespace volpress::engine {

[[nodiscard]] Json meshQualityToJson(const MeshQuality& quality);
[[nodiscard]] Result<MeshQuality> meshQualityFromJson(const Json& json);

}  // namespace volpress::engine
