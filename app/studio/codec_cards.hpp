// What people see of the codecs, alike for those of every kind of scene. Qt-free.
#pragma once

#include <string>
#include <vector>

#include "app/engine/scene_model.hpp"
#include "compressors/codec.hpp"

namespace volpress::studio {

/// The codecs that compress a kind of scene, in the order of the list.
[[nodiscard]] std::vector<const compressors::CodecInfo*> codecCards(engine::SceneKind kind);
/// The one to begin with: our own method, with the formats to compare it with beside it.
[[nodiscard]] std::string firstCodec(engine::SceneKind kind);
/// At most three of different kinds, to be compared.
[[nodiscard]] std::vector<std::string> comparedCodecs(engine::SceneKind kind);
/// Of a codec of any kind; null when there is none of that id.
[[nodiscard]] const compressors::CodecInfo* codecCard(const std::string& id);

}  // namespace volpress::studio
