// The headerless .splat format of antimatter15's viewer.
#pragma once

#include "scene/formats/format.hpp"

namespace volpress::formats {

/// 32 bytes a splat: position and linear scale as floats, colour, opacity and rotation as bytes.
/// Holds no SH above band 0. Write parameter: "order" (importance or morton).
[[nodiscard]] const Format& splatFormat();

}  // namespace volpress::formats
