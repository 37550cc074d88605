// What people see of the codecs, alike for those of still and of moving scenes. Qt-free.
#pragma once

#include <string>
#include <vector>

#include "compressors/codec.hpp"

namespace volpress::studio {

/// The codecs that compress a still, or a moving scene, in the order of the list.
[[nodiscard]] std::vector<const compressors::CodecInfo*> codecCards(bool moving);
/// Of a codec of either kind; null when there is none of that id.
[[nodiscard]] const compressors::CodecInfo* codecCard(const std::string& id);

}  // namespace volpress::studio
