// Codecs of single scenes by their id, whatever the scenes' kind.
#pragma once

#include <string_view>

#include "compressors/codec.hpp"
#include "scene/base/result.hpp"

namespace volpress::engine {

/// What is known of a codec of single scenes, whatever their kind. InvalidParameter names those
/// that there are.
[[nodiscard]] Result<const compressors::CodecInfo*> codecInfoOf(std::string_view id);

}  // namespace volpress::engine
