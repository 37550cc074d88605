// Which photographs are meant, as JSON: in job files and in projects.
#pragma once

#include "app/engine/json_text.hpp"
#include "app/engine/photo_options.hpp"

namespace volpress::engine {

[[nodiscard]] Json photosToJson(const PhotoOptions& photos);
/// What is not there keeps its default, but for the data set. Errors name the member.
[[nodiscard]] Result<PhotoOptions> photosFromJson(const Json& json);

}  // namespace volpress::engine
